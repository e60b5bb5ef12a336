/** Whether an IP address is this machine's own, also in IPv6's spelling of an IPv4 address. */
export function isLoopback(address: string): boolean {
  const ipv4 = address.replace(/^::ffff:/, '');
  return ipv4 === '::1' || /^127\.\d+\.\d+\.\d+$/.test(ipv4);
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request that came in by plain HTTP on the loopback address was meant for it. A page of a foreign site can
 * make a browser send requests here, also under a name of its own that it lets point to 127.0.0.1 (DNS rebinding): then
 * Host or Origin tell.
 */
export function isMeantForLoopback(headers: Headers, port: number): boolean {
  const hosts = LOOPBACK_HOSTS.map((host) => `${host}:${port}`);
  const origin = headers.get('origin');
  const isOurHost = hosts.includes((headers.get('host') ?? '').toLowerCase());
  return isOurHost && (origin === null || hosts.some((host) => origin === `http://${host}`));
}
