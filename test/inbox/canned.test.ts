// Canned replies are seen by the same rule as conversations: one's own team's and everybody's, or all where teams are open.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cannedList } from '../../src/inbox/notes-schema.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { type InboxStage, openInbox, START } from './inbox-stage.ts';

let inbox: InboxStage;
beforeAll(async () => {
  inbox = await openInbox();
});
afterAll(() => inbox.close());

async function shortcuts(by: StaffActor | null): Promise<string[]> {
  const { body } = await inbox.call(by, 'GET', '/canned-replies');
  return cannedList.parse(body).items.map(({ shortcut }) => shortcut);
}

test('those of another team appear with the setting, and go with it', async () => {
  const [spa] = await inbox.rows(
    `INSERT INTO teams (id, name, created_at) VALUES (gen_random_uuid(), 'Spa', $1) RETURNING id`,
    [START],
  );
  const teamId = String(spa?.id);
  const [inside, outside] = [await inbox.staff('Trong', { teamId }), await inbox.staff('Ngoài')];
  for (const [shortcut, team] of [
    ['chung', null],
    ['spa', teamId],
  ] as const)
    await inbox.call(null, 'POST', '/canned-replies', { shortcut, title: shortcut, text: 'Dạ', teamId: team });
  expect(await shortcuts(inside)).toEqual(['chung', 'spa']);
  expect(await shortcuts(outside)).toEqual(['chung']);
  expect(await shortcuts(null)).toEqual(['chung', 'spa']);
  expect((await inbox.call(null, 'PUT', '/settings/team_visibility', { mode: 'open' })).status).toBe(200);
  expect(await shortcuts(outside)).toEqual(['chung', 'spa']);
  expect((await inbox.call(null, 'PUT', '/settings/team_visibility', { mode: 'own_team' })).status).toBe(200);
  expect(await shortcuts(outside)).toEqual(['chung']);
});
