// A flow that staff or integrators name must have been published at least once.
import type pg from 'pg';
import { HttpError } from '../errors.ts';

/** Throws unknown_flow (422, or `status`) and says which flows there are. */
export async function requireFlow(client: pg.ClientBase, flow: string, status: 404 | 422 = 422): Promise<void> {
  const { rows } = await client.query<{ flow: string }>('SELECT DISTINCT flow FROM flow_versions ORDER BY flow');
  const flows = rows.map((row) => row.flow);
  if (flows.includes(flow)) return;
  throw new HttpError(status, 'unknown_flow', `There is no flow "${flow}". There are: ${flows.join(', ') || 'none'}.`, {
    flows,
  });
}
