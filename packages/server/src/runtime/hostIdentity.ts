import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** By what others reach this machine: what its certificates must be good for. */
export interface HostIdentity {
  /** Host names, lower case, sorted. */
  readonly names: readonly string[];
  /** IPv4 and IPv6 addresses, sorted. */
  readonly addresses: readonly string[];
}

/** Names and addresses of this machine as they are now. */
export function hostIdentity(): HostIdentity {
  return identityOf(
    hostname(),
    Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []),
  );
}

export function identityOf(name: string, interfaces: readonly Pick<NetworkInterfaceInfo, 'address'>[]): HostIdentity {
  const names = ['localhost', ...namesOf(name.toLowerCase())];
  const addresses = ['127.0.0.1', '::1', ...interfaces.map(({ address }) => address).filter(isReachable)];
  return { names: sortedSet(names), addresses: sortedSet(addresses) };
}

/** The host name, and under which multicast DNS (RFC 6762) announces it. A name that DNS cannot carry is left out. */
function namesOf(name: string): readonly string[] {
  const [firstLabel = ''] = name.split('.');
  return [name, `${firstLabel}.local`].filter((each) => /^[a-z0-9_]([-a-z0-9_.]*[a-z0-9_])?$/.test(each));
}

/** A link-local IPv6 address means nothing without its interface, and a certificate cannot name that. */
function isReachable(address: string): boolean {
  return !/^fe[89ab][0-9a-f]:/i.test(address) && !address.includes('%');
}

function sortedSet(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
