// Is it alive, may it be sent messages, what do its numbers say: in the words of the page at /api/docs.
import { z } from 'zod';
import { type DescribedPaths, jsonAnswer, textAnswer } from '../http/described-path.ts';

const readyAnswer = z.object({
  status: z.enum(['ready', 'starting', 'unavailable']),
  database: z.string().meta({ description: '"ok", or what is wrong.' }),
  channels: z.record(z.string(), z.string().nullable()).meta({ description: 'null = well, else what is wrong.' }),
  restored: z.string().optional().meta({ description: 'While what may have been said before a restore is held.' }),
  flows: z.object({ active: z.array(z.string()), problems: z.array(z.string()) }),
});

export function describeProbes(): DescribedPaths {
  const probe = { tags: ['health'], security: [] };
  return {
    '/healthz': {
      get: {
        ...probe,
        summary: 'Whether the process is alive',
        responses: { 200: jsonAnswer('It is.', z.object({ status: z.literal('alive') })) },
      },
    },
    '/readyz': {
      get: {
        ...probe,
        summary: 'Whether it can keep what comes in, and what is not well',
        responses: { 200: jsonAnswer('It can.', readyAnswer), 503: jsonAnswer('Not now.', readyAnswer) },
      },
    },
    '/metrics': {
      get: { ...probe, summary: 'Numbers for Prometheus', responses: { 200: textAnswer('Lines of numbers.') } },
    },
  };
}
