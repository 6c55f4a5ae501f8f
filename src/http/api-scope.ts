// The Fastify instance as route files see it: request and answer typed by their Zod schemas.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

export type ApiScope = Parameters<FastifyPluginAsyncZod>[0];
