// The app as it is served: its policy, what may be kept, and how much of it the first look at the inbox loads.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { builtAppDir } from '../../src/web/build-app.ts';
import { serveApp } from '../../src/web/serve-app.ts';
import { buildOnce } from './build-once.ts';

const manifestSchema = z.record(
  z.string(),
  z.object({ file: z.string(), isEntry: z.boolean().optional(), imports: z.array(z.string()).default([]) }),
);

beforeAll(buildOnce, 120_000);

async function serve(webDir: string, sandboxUrl: string | null = null) {
  const app = Fastify();
  await serveApp(app, { webDir, sandboxUrl, timeZone: 'Asia/Ho_Chi_Minh' });
  return app;
}

test('the first load of the inbox is at most 250 KB of script, gzipped', () => {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(builtAppDir, '.vite/manifest.json'), 'utf8')));
  const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry) ?? [''];
  const wanted = new Set<string>();
  const follow = (name: string) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const next of manifest[name]?.imports ?? []) follow(next);
  };
  follow(entry);
  const files = [...wanted].flatMap((name) => manifest[name]?.file ?? []);
  const sizes = files.map((file) => gzipSync(readFileSync(join(builtAppDir, file))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThanOrEqual(250_000);
});

test('every page answers with the same document, a fresh nonce and no inline script', async () => {
  const app = await serve(builtAppDir, 'http://127.0.0.1:3001');
  const answers = await Promise.all(
    ['/', '/inbox/mine?c=1', '/customers/KH-1', '/sign-in'].map((url) => app.inject(url)),
  );
  const nonces = answers.map(({ body }) => /name="csp-nonce" content="([^"]+)"/.exec(body)?.[1]);
  expect(new Set(nonces).size).toBe(4);
  for (const [n, { statusCode, headers, body }] of answers.entries()) {
    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonces[n]}'`);
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style| on\w+=/);
  }
});

test('hashed files may be kept for ever; nothing else of the folder is given', async () => {
  const app = await serve(builtAppDir);
  const { body } = await app.inject('/');
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(body)?.[1] ?? '';
  const { statusCode, headers } = await app.inject(script);
  expect(statusCode).toBe(200);
  expect(headers['cache-control']).toContain('immutable');
  for (const url of ['/assets/..%2fstamp.json', '/assets/%2e%2e%2fstamp.json', '/assets/none.js', '/stamp.json'])
    expect((await app.inject(url)).statusCode, url).toBeGreaterThanOrEqual(400);
});

test('while it is being built the page says so and looks again', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ganbo-web-'));
  const app = await serve(join(dir, 'none'));
  const { statusCode, headers, body } = await app.inject('/');
  expect(statusCode).toBe(503);
  expect(headers['retry-after']).toBe('2');
  expect(body).toContain('Đang chuẩn bị giao diện');
  expect(existsSync(join(dir, 'none'))).toBe(false);
  await rm(dir, { recursive: true });
});

test('without a sandbox there is no way to it', async () => {
  expect((await (await serve(builtAppDir)).inject('/sandbox')).statusCode).toBe(404);
  expect((await (await serve(builtAppDir, 'http://127.0.0.1:3001')).inject('/sandbox')).headers.location).toBe(
    'http://127.0.0.1:3001',
  );
});
