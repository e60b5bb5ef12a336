/** The address of a client as people write it: a socket on all addresses shows IPv4 clients as `::ffff:192.0.2.1`. */
export function withoutIpv4Mapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
