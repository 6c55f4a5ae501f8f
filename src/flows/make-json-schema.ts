// The language of flow files and their tests as JSON Schema (draft 2020-12), for editors.
import { z } from 'zod';
import { flowHeadSchema, limits } from './flow-schema.ts';
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
