import { isIPv6 } from 'node:net';
import { withoutIpv4Mapping } from './ipAddress.ts';

const GROUPS = 8;

/**
 * What an address is counted under: an IPv4 address itself, of an IPv6 address its /64 network as `2001:db8:0:1::/64`. That is
 * what one customer gets, and who has one may take a new address of it for each connection.
 */
export function networkOf(address: string): string {
  const unmapped = withoutIpv4Mapping(address);
  // Asked three times a connection: what has no colon needs no pattern (half a per cent of a login).
  if (!unmapped.includes(':')) return unmapped;
  const plain = unmapped.replace(/(%|\/64$).*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = [], tail = []] = plain.split('::').map((half) => groupsOf(half));
  const zeros = Array.from({ length: GROUPS - head.length - tail.length }, () => '0');
  const network = [...head, ...zeros, ...tail].slice(0, GROUPS / 2);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** An IPv4 address at the end stands for two groups, which are never among the first four. */
function groupsOf(half: string): readonly string[] {
  return half === '' ? [] : half.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
