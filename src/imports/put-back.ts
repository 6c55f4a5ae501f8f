// A row that an import changed gets back what stood there, through the same functions as REST, so that whoever plans by it
// hears of it. What was changed since stays.
import type pg from 'pg';
import { customerFields } from '../customers/customer-schema.ts';
import { orderFields } from '../customers/order-schema.ts';
import { recordOrder } from '../customers/record-order.ts';
import { saveCustomer } from '../customers/save-customer.ts';
import { saveSubscription } from '../customers/save-subscription.ts';
import { subscriptionFields } from '../customers/subscription-schema.ts';
import type { ApplyDeps } from './apply-batch.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { ImportKind } from './import-kinds.ts';
import { isSame, type StoredState, type Values } from './stored-states.ts';

type Changed = { key: string; before: Values; after: Values };

/** null = everything is as it was before; else why something was left. */
export async function putBack(
  deps: ApplyDeps,
  client: pg.PoolClient,
  kind: ImportKind,
  { key, before, after }: Changed,
  state: StoredState,
): Promise<string | null> {
  const fields = Object.keys(before);
  const untouched = fields.filter((field) => isSame(state.values[field], after[field]));
  const left = fields.filter((field) => !untouched.includes(field));
  const values = Object.fromEntries(untouched.map((field) => [field, before[field]]));
  await client.query('SAVEPOINT put_back');
  try {
    left.push(...(await save(deps, client, kind, { key, values, state })));
    await client.query('RELEASE SAVEPOINT put_back');
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT put_back');
    const words = explainRefusal(error, (field) => field);
    if (words === null) throw error;
    return words.map(({ message }) => message).join(' ');
  }
  return left.length === 0 ? null : `Giữ nguyên ${left.join(', ')}: đã được sửa sau khi nhập, hoặc không gỡ ra được.`;
}

type Back = { key: string; values: Values; state: StoredState };

/** Answers the fields that cannot be put back. */
async function save(deps: ApplyDeps, client: pg.PoolClient, kind: ImportKind, back: Back): Promise<string[]> {
  const { key, values, state } = back;
  if (Object.keys(values).length === 0) return [];
  switch (kind) {
    case 'customers':
      return await saveBackCustomer(deps, client, back);
    case 'subscriptions':
      await saveSubscription(
        deps,
        client,
        key,
        subscriptionFields.parse({ customer: state.values.customer, ...values }),
      );
      return [];
    case 'orders': {
      const whole = { ...state.values, ...values };
      await recordOrder(deps, client, orderFields.parse({ id: key, ...whole }));
      return [];
    }
    case 'usage':
      return Object.keys(values);
  }
}

/** Identities stay with their person; a consent is taken back by a word against it, because consents are only added. */
async function saveBackCustomer(deps: ApplyDeps, client: pg.PoolClient, { key, values }: Back): Promise<string[]> {
  const { zalo, messenger, consent, ...plain } = values;
  const no = { purpose: 'advertising', granted: false, source: 'hoan-tac-nhap' };
  const isConsentTaken = consent !== undefined && consent !== true;
  const consents = isConsentTaken ? { consents: [no] } : {};
  await saveCustomer(deps, client, key, customerFields.parse({ ...plain, ...consents }));
  const unset = Object.entries({ zalo, messenger }).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  return consent === true ? [...unset, 'consent'] : unset;
}
