// Work is kept under the e-mail of whoever looks after it; people read names.
import { useQuery } from '@tanstack/react-query';
import { colleaguesQuery } from '../inbox/queries.ts';

/** The name of the member of staff with this e-mail; the e-mail itself while, or when, it is nobody's here. */
export function useOwnerName(): (owner: string | null) => string | null {
  const { data: colleagues = [] } = useQuery(colleaguesQuery);
  return (owner) => colleagues.find(({ email }) => email === owner)?.name ?? owner;
}
