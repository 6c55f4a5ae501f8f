// The language of flow files and their tests as JSON Schema (draft 2020-12), for editors.
import { z } from 'zod';
import { catalogueSchemas } from './catalogue/catalogue-schema.ts';
import { flowHeadSchema, limits } from './flow-schema.ts';
import { journeyHeadSchema, journeyStepSchema } from './journeys/journey-schema.ts';
import { careTestFileSchema } from './journeys/journey-test-schema.ts';
import { stepKinds } from './steps/step-kinds.ts';
import { testFileSchema } from './test-schema.ts';

export function makeFlowJsonSchema(): Record<string, unknown> {
  const step = z.union(stepKinds.map((kind) => kind.schema));
  const whole = flowHeadSchema.extend({ steps: z.array(step).min(1).max(limits.maxSteps) });
  return { title: 'Kịch bản Gắn Bó (*.flow.yaml)', ...z.toJSONSchema(whole, { io: 'input', reused: 'ref' }) };
}

export function makeTestJsonSchema(): Record<string, unknown> {
  return {
    title: 'Bài thử kịch bản Gắn Bó (*.test.yaml)',
    ...z.toJSONSchema(testFileSchema, { io: 'input', reused: 'ref' }),
  };
}

export function makeJourneyJsonSchema(): Record<string, unknown> {
  const whole = journeyHeadSchema.extend({ steps: z.array(journeyStepSchema).min(1).max(60) });
  return {
    title: 'Hành trình chăm sóc Gắn Bó (*.journey.yaml)',
    ...z.toJSONSchema(whole, { io: 'input', reused: 'ref' }),
  };
}

export function makeJourneyTestJsonSchema(): Record<string, unknown> {
  return {
    title: 'Bài thử hành trình Gắn Bó (journeys/*.test.yaml)',
    ...z.toJSONSchema(careTestFileSchema, { io: 'input', reused: 'ref' }),
  };
}

/** One schema for all files of the catalogue: each is told by its first word. */
export function makeCatalogueJsonSchema(): Record<string, unknown> {
  const { offers, products, templates, tips, holidays } = catalogueSchemas;
  const any = z.union([offers, products, templates, tips, holidays]);
  return { title: 'Danh mục Gắn Bó (catalogue/*.yaml)', ...z.toJSONSchema(any, { io: 'input', reused: 'ref' }) };
}

/** Where each schema is kept. */
export function jsonSchemas(): ReadonlyMap<string, Record<string, unknown>> {
  return new Map([
    ['flows/flow.schema.json', makeFlowJsonSchema()],
    ['flows/test.schema.json', makeTestJsonSchema()],
    ['flows/journey.schema.json', makeJourneyJsonSchema()],
    ['flows/journey-test.schema.json', makeJourneyTestJsonSchema()],
    ['flows/catalogue.schema.json', makeCatalogueJsonSchema()],
  ]);
}
