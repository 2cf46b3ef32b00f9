import ipaddr from 'ipaddr.js';

// #region public
/** Whether an address belongs to the public network. Fails closed. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` turns ::ffff:127.0.0.1 into 127.0.0.1 first. "unicast" is
  // what is left when all ranges with a purpose of their own are out.
  return ipaddr.process(address).range() === 'unicast';
}
// #endregion public
