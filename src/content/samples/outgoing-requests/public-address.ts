import ipaddr from 'ipaddr.js';

// #region public
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address belongs to the public network. Fails closed. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` turns ::ffff:127.0.0.1 into 127.0.0.1 first.
  const parsed = ipaddr.process(address);
  // Of IPv6 no more than this eighth is in public use.
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL)) return false;
  // What is left when all ranges with a purpose of their own are out.
  return parsed.range() === 'unicast';
}
// #endregion public
