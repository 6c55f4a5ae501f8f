import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { afterWriting, conversationOf, nameCustomer, welcomed } from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let flowsDir: string;
beforeAll(async () => {
  flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-flows-'));
  await cp(fileURLToPath(new URL('../../flows', import.meta.url)), flowsDir, { recursive: true });
  await save(flowText('Phiên bản một'));
  stage = await openStage({ flowsDir });
});
afterAll(async () => {
  await stage.close();
  await rm(flowsDir, { recursive: true, force: true });
});

const save = (text: string) => writeFile(join(flowsDir, 'gop-y.flow.yaml'), text);

function flowText(thanks: string): string {
  return `id: gop-y
title: Góp ý
entry:
  - on: says
    whole: [góp ý]
variables:
  loi: text
steps:
  - id: hoi
    ask: Mời anh/chị góp ý ạ.
    save_as: loi
  - id: xong
    end: "${thanks}: {loi}"
`;
}

async function readyz() {
  const body: unknown = await (await fetch(`${stage.address}/readyz`)).json();
  return z
    .object({ status: z.string(), flows: z.object({ active: z.array(z.string()), problems: z.array(z.string()) }) })
    .parse(body);
}

test('all flows that ship are published, without a problem', async () => {
  const { status, flows } = await readyz();
  expect(status).toBe('ready');
  expect(flows.problems).toEqual([]);
  expect(flows.active).toEqual(
    expect.arrayContaining(['welcome', 'how-to', 'satisfaction-survey', 'renewal-offer', 'handover', 'opt-out']),
  );
});

test('who is in the middle of a flow stays on its version; who comes later gets the new one', async () => {
  const early = await welcomed(stage, 'zalo');
  await afterWriting(stage, early, 'góp ý');
  const customer = await nameCustomer(stage, early);
  expect(await conversationOf(stage, customer)).toMatchObject({ flow: 'gop-y', version: 1, step: 'hoi' });
  await save(flowText('Phiên bản hai'));
  await stage.settle();
  const late = await welcomed(stage, 'messenger');
  await afterWriting(stage, late, 'góp ý');
  expect(await conversationOf(stage, await nameCustomer(stage, late))).toMatchObject({ version: 2 });
  expect((await afterWriting(stage, early, 'đẹp')).map((message) => message.text)).toEqual(['Phiên bản một: đẹp']);
  expect((await afterWriting(stage, late, 'đẹp')).map((message) => message.text)).toEqual(['Phiên bản hai: đẹp']);
});

test('a broken file changes nothing for customers, and /readyz says what to mend', async () => {
  await save(flowText('Phiên bản ba').replace('end:', 'goto: khong-co\n    end:'));
  await stage.settle();
  const broken = await readyz();
  expect(broken.status).toBe('ready');
  expect(broken.flows.problems.join('\n')).toContain('gop-y.flow.yaml');
  const person = await welcomed(stage, 'zalo');
  await afterWriting(stage, person, 'góp ý');
  expect((await afterWriting(stage, person, 'đẹp'))[0]?.text).toBe('Phiên bản hai: đẹp');
  await save(`${flowText('Phiên bản ba')}\n`);
  await stage.settle();
  expect((await readyz()).flows.problems).toEqual([]);
  const next = await welcomed(stage, 'zalo');
  await afterWriting(stage, next, 'góp ý');
  expect((await afterWriting(stage, next, 'đẹp'))[0]?.text).toBe('Phiên bản ba: đẹp');
});

test('a file that takes the name of another flow takes neither flow away', async () => {
  await save(flowText('Phiên bản ba').replace('id: gop-y', 'id: handover'));
  await stage.settle();
  const { flows } = await readyz();
  expect(flows.problems.join('\n')).toContain('gop-y.flow.yaml');
  expect(flows.active).toEqual(expect.arrayContaining(['gop-y', 'handover']));
  const person = await welcomed(stage, 'zalo');
  expect(await afterWriting(stage, person, 'góp ý')).toHaveLength(1);
  await save(`${flowText('Phiên bản ba')}\n`);
  await stage.settle();
});

test('a red test beside a flow keeps it from being published', async () => {
  await writeFile(
    join(flowsDir, 'gop-y.test.yaml'),
    `flow: gop-y
tests:
  - name: Cảm ơn
    steps:
      - customer: góp ý
      - customer: đẹp
      - bot: Phiên bản ba
`,
  );
  await save(`${flowText('Phiên bản bốn')}\n\n`);
  await stage.settle();
  expect((await readyz()).flows.problems.join('\n')).toContain('gop-y.test.yaml');
  const person = await welcomed(stage, 'zalo');
  await afterWriting(stage, person, 'góp ý');
  expect((await afterWriting(stage, person, 'đẹp'))[0]?.text).toBe('Phiên bản ba: đẹp');
});

test('a flow whose file is taken away ends for newcomers, not for who is in it', async () => {
  const person = await welcomed(stage, 'zalo');
  await afterWriting(stage, person, 'góp ý');
  await rm(join(flowsDir, 'gop-y.test.yaml'));
  await rm(join(flowsDir, 'gop-y.flow.yaml'));
  await stage.settle();
  expect((await readyz()).flows.active).not.toContain('gop-y');
  expect((await afterWriting(stage, person, 'đẹp'))[0]?.text).toBe('Phiên bản ba: đẹp');
});

test('a way on whose file was taken away leads to a person, with a line', async () => {
  const person = await welcomed(stage, 'messenger');
  const customer = await nameCustomer(stage, person);
  await rm(join(flowsDir, 'handover.flow.yaml'));
  await stage.settle();
  expect((await readyz()).flows.active).not.toContain('handover');
  const [answer, ...more] = await afterWriting(stage, person, 'gặp nhân viên');
  expect(answer?.text).toContain('em chuyển cho nhân viên');
  expect(more).toEqual([]);
  expect(await conversationOf(stage, customer)).toMatchObject({ state: 'waiting_for_agent' });
});
