// Whose work it is when nobody says: the member of staff who looks after the subscription.

/** A scalar subquery: the owner of the subscription named, else of the customer's running one that ends first. */
export function defaultOwner({ customerId, subscriptionId }: { customerId: string; subscriptionId: string }): string {
  return `(SELECT s.owner FROM subscriptions s WHERE s.customer_id = ${customerId} AND s.owner IS NOT NULL
    AND (s.id = ${subscriptionId} OR s.status IN ('active', 'trial'))
    ORDER BY s.id = ${subscriptionId} DESC NULLS LAST, s.expires_at LIMIT 1)`;
}
