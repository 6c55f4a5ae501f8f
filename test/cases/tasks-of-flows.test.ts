// open_task and open_case in a script: work for whoever looks after the subscription.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerOf, must, nameCustomer, welcomed } from '../stories/scenes.ts';
import { openStage, type Stage } from '../stories/stage.ts';

const FLOW = `id: call-me
title: Gọi cho tôi
entry:
  - on: says
    whole: [gọi cho tôi với]
steps:
  - id: viec
    open_task: "Gọi {customer.name}"
    kind: quick_call
    due: 4 hours
    detail: { goi: "{subscription.product}" }
  - id: loi
    open_case: Khách chê chậm
    kind: complaint
  - id: xong
    say: Dạ em gọi ngay ạ.
    next: end
`;

let stage: Stage;
let flowsDir = '';
beforeAll(async () => {
  flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-flows-'));
  await cp(fileURLToPath(new URL('../../flows', import.meta.url)), flowsDir, { recursive: true });
  await writeFile(join(flowsDir, 'call-me.flow.yaml'), FLOW);
  stage = await openStage({ flowsDir });
  const problems = stage.program.library.problems();
  expect(problems.filter(({ file }) => file === 'call-me.flow.yaml')).toEqual([]);
});
afterAll(async () => {
  await stage.close();
  await rm(flowsDir, { recursive: true, force: true });
});

test('a script gives work to the owner of the subscription', async () => {
  const person = await welcomed(stage, 'zalo', 'Nguyễn Thị Lan');
  const customer = await nameCustomer(stage, person);
  await must(stage, 'PUT', `/api/v1/customers/${customer}`, { name: 'Nguyễn Thị Lan' });
  await must(stage, 'PUT', '/api/v1/subscriptions/goi-1', { customer, product: 'spa', owner: 'hoa' });
  stage.sandbox.write(person, 'gọi cho tôi với');
  await stage.settle();
  const tasks = await must(stage, 'GET', `/api/v1/tasks?customer=${customer}&kind=quick_call`);
  expect(tasks.items).toMatchObject([{ title: 'Gọi Nguyễn Thị Lan', owner: 'hoa', detail: { goi: 'spa' } }]);
  const cases = await must(stage, 'GET', `/api/v1/cases?customer=${customer}`);
  expect(cases.items).toMatchObject([{ reason: 'Khách chê chậm', kind: 'complaint', owner: 'hoa' }]);
  const opened = await ledgerOf(stage, customer, 'task_opened');
  expect(opened.filter((line) => line.flow === 'call-me')).toMatchObject([{ step: 'viec' }]);
});
