// The one rule about whose conversations and customers somebody sees. Agents see those of their own team, of no team, and
// what was given to themselves; everybody else, and keys, see all. The setting team_visibility opens it for agents too.
// A customer is seen by whoever sees one of their conversations, or has open work for them; without any, by all.
import type { FastifyRequest } from 'fastify';
import './api-access.ts';

export type Viewer = {
  staffId: string | null;
  teamId: string | null;
  email: string | null;
  /** Only what the rule lets them. */
  isLimited: boolean;
};

/** Of keys and of the program itself. */
export const seesAll: Viewer = { staffId: null, teamId: null, email: null, isLimited: false };

export function viewerOf({ staff }: Pick<FastifyRequest, 'staff'>): Viewer {
  if (!staff) return seesAll;
  const { id: staffId, teamId, email } = staff;
  return { staffId, teamId, email, isLimited: staff.role === 'agent' };
}

type Place = (given: unknown) => string;
export const IS_OPEN = `EXISTS (SELECT 1 FROM settings WHERE name = 'team_visibility' AND value ->> 'mode' = 'open')`;

/** A condition of SQL over the conversation `c`; `value` puts a parameter in its place. */
export function seesConversation(c: string, viewer: Viewer, value: Place): string {
  if (!viewer.isLimited) return 'true';
  return `(${ofViewer(c, viewer, value)} OR ${IS_OPEN})`;
}

function ofViewer(c: string, { staffId, teamId }: Viewer, value: Place): string {
  return ofAgent(c, `${value(teamId)}::uuid`, `${value(staffId)}::uuid`);
}

/** The rule itself; `teamId` and `staffId` are expressions. */
function ofAgent(c: string, teamId: string, staffId: string): string {
  // Nobody's team and nobody's conversation compare as unknown, which is no.
  return `(${c}.team_id IS NULL OR ${c}.team_id = ${teamId} OR ${c}.assignee_id = ${staffId}) IS TRUE`;
}

/** The same for each of the colleagues `s`, rows of staff_members, instead of one who asks. */
export function colleagueSees(c: string, s: string): string {
  return `(${s}.role <> 'agent' OR ${ofAgent(c, `${s}.team_id`, `${s}.id`)} OR ${IS_OPEN})`;
}

/** The same for what belongs to a team and to nobody in particular, as canned replies; `teamId` is an expression. */
export function seesTeam(teamId: string, viewer: Viewer, value: Place): string {
  if (!viewer.isLimited) return 'true';
  return `((${teamId} IS NULL OR ${teamId} = ${value(viewer.teamId)}::uuid) IS TRUE OR ${IS_OPEN})`;
}

/** The same for a customer; `id` is an expression of their id. */
export function seesCustomer(id: string, viewer: Viewer, value: Place): string {
  if (!viewer.isLimited) return 'true';
  const email = value(viewer.email);
  const work = (table: string) =>
    `EXISTS (SELECT 1 FROM ${table} own WHERE own.customer_id = ${id} AND own.status = 'open' AND own.owner = ${email})`;
  const seen = `SELECT bool_or(${ofViewer('seen', viewer, value)}) FROM conversations seen WHERE seen.customer_id = ${id}`;
  return `(coalesce((${seen}), true) OR ${work('tasks')} OR ${work('cases')} OR ${IS_OPEN})`;
}

/** For one who has looked a conversation up already: the same rule without the database. */
export function isSeen(
  { teamId, assigneeId }: { teamId: string | null; assigneeId: string | null },
  viewer: Viewer,
  isOpen: boolean,
): boolean {
  if (!viewer.isLimited || isOpen || teamId === null) return true;
  return teamId === viewer.teamId || (assigneeId !== null && assigneeId === viewer.staffId);
}

/** Parameters of a statement that is put together piece by piece. */
export function collectValues(values: unknown[] = []): { values: unknown[]; value: Place } {
  return { values, value: (given) => `$${values.push(given)}` };
}
