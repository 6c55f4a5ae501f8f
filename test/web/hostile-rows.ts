// Words that mean harm or only look odd, and the places where strangers' words are kept.
import type { Stage } from '../stories/stage.ts';

export const PEOPLE = 60;

/** Letters that turn the direction, have no width, pile up, or never end: as people send them. */
export const STRANGE: readonly string[] = [
  `chữ \u202Engược chiều ${'\u202E\u2066'.repeat(20)} và hết`,
  `không\u200Bbề\u200Crộng\uFEFF\u2060${'\u200B'.repeat(500)}xong`,
  `z${'\u0300\u0301\u0323\u0338\u0489'.repeat(60)}algo`,
  'dàikhôngdấucách'.repeat(340).slice(0, 1_900),
  `https://a.vn/${'rất-dài'.repeat(200)}`,
  `${'\n'.repeat(80)}xuống dòng mãi`,
  '👩‍👩‍👧‍👦'.repeat(60),
  'ﷺ﷽'.repeat(40),
];

const RUN = 'window.__ran=(window.__ran||0)+1';
const VECTORS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload=${RUN}>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<iframe src="javascript:parent.${RUN}"></iframe>`,
  `<a href="javascript:${RUN}" autofocus onfocus="${RUN}">bấm</a>`,
  `<details open ontoggle=${RUN}>`,
  `<math><mtext><style><img src=x onerror=${RUN}></style></mtext></math>`,
  `<body onload=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `<object data="data:text/html,<script>parent.${RUN}</script>"></object>`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<link rel=stylesheet href="data:text/css,*{x:expression(${RUN})}">`,
  `<style>@import 'javascript:${RUN}';</style>`,
  `javascript:${RUN}`,
  `java\tscript:${RUN}`,
  ` javascript:${RUN}`,
  `JaVaScRiPt:${RUN}//https://a.vn`,
  `data:text/html;base64,PHNjcmlwdD53aW5kb3cuX19yYW49MTwvc2NyaXB0Pg==`,
  `vbscript:${RUN}`,
  `//evil.example/x`,
  `[bấm](javascript:${RUN})`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `&lt;img src=x onerror=${RUN}&gt;`,
  `\u202e<img src=x onerror=${RUN}>`,
  `<scr\u0000ipt>${RUN}</scr\u0000ipt>`.replaceAll('\u0000', ''),
];
const WRAPPERS = [
  (one: string) => one,
  (one: string) => `">${one}`,
  (one: string) => `'>${one}`,
  (one: string) => `--></style></script></title></textarea>${one}`,
  (one: string) => `Chị ${one} ơi`,
  (one: string) => one.toUpperCase(),
  (one: string) => encodeURIComponent(one),
  (one: string) => `\`-${one}`,
  (one: string) => `https://a.vn/?q=${one}`,
  (one: string) => `${one}\n${one}`,
];
export const PAYLOADS = WRAPPERS.flatMap((wrap) => VECTORS.map(wrap));

/** Payloads where strangers' words are kept: every one as a message with a file, the first ones as people. */
export async function fillWith({ db, clock }: Pick<Stage, 'db' | 'clock'>, conversation: string): Promise<void> {
  const values = [JSON.stringify(PAYLOADS), conversation, clock.now()];
  await db.pool.query(
    `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, reason, data)
     SELECT $3::timestamptz - n * interval '1 minute', CASE WHEN n % 10 = 0 THEN 'case_opened' ELSE 'message_in' END, c.customer_id, c.id, 'messenger', p, p,
       jsonb_build_object('attachments', jsonb_build_array(
         jsonb_build_object('kind', (ARRAY['image','file','video','sticker'])[1 + n % 4], 'url', p, 'name', p, 'title', p)))
     FROM conversations c, json_array_elements_text($1::json) WITH ORDINALITY AS t(p, n) WHERE c.id = $2`,
    values,
  );
  await db.pool.query(
    `WITH who AS (SELECT p, n, gen_random_uuid() AS customer, gen_random_uuid() AS identity, gen_random_uuid() AS conversation FROM json_array_elements_text($1::json) WITH ORDINALITY AS t(p, n) WHERE n <= ${PEOPLE}),
     cu AS (INSERT INTO customers (id, external_id, name, tags, created_at, updated_at) SELECT customer, 'xss-' || n, 'khach ' || p, ARRAY[p], $3, $3 FROM who),
     i AS (INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, display_name, avatar_url, last_interaction_at, created_at)
       SELECT identity, 'zalo', 'x', 'x' || n, customer, p, p, $3, $3 FROM who),
     k AS (INSERT INTO tasks (id, customer_id, title, kind, status, due_at, created_at) SELECT gen_random_uuid(), customer, p, 'call', 'open', $3, $3 FROM who WHERE n % 5 = 0),
     ca AS (INSERT INTO cases (id, customer_id, reason, status, opened_at, due_at) SELECT gen_random_uuid(), customer, p, 'open', $3, $3 FROM who WHERE n % 5 = 1),
     l AS (INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text) SELECT $3, 'message_in', customer, conversation, 'zalo', p FROM who)
     INSERT INTO conversations (id, identity_id, customer_id, state, waiting_since, created_at, updated_at)
     SELECT conversation, identity, customer, 'waiting_for_agent', $3, $3, $3 FROM who WHERE $2::text IS NOT NULL`,
    values,
  );
}
