// May this program connect there at all? Only to the public internet: never to itself, its neighbours or a cloud's metadata.
import ipaddr from 'ipaddr.js';

/** Everything of IPv6 that is routed in public; the rest holds embedded, local and special addresses. */
const ROUTED_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's host channel wears a public address. */
const METADATA_IN_DISGUISE = new Set(['168.63.129.16']);

/** False for private, loopback, link-local, shared, reserved and multicast addresses, IPv4 and IPv6, mapped ones included. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || METADATA_IN_DISGUISE.has(parsed.toString())) return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(ROUTED_V6) : true;
}
