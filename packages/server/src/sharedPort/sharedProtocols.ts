/** What speaks on the shared port. */
export type SharedProtocol = 'mqtt' | 'http';

/** Names of ALPN (RFC 7301; IANA's registry has both), the preferred one first. Our HTTP server does not speak `h2`. */
const ALPN: Readonly<Record<string, SharedProtocol>> = { mqtt: 'mqtt', 'http/1.1': 'http' };

export const SHARED_ALPN: readonly string[] = Object.keys(ALPN);

/** First byte of a CONNECT packet: its type with all flags zero (MQTT 3.1.1 and 5.0, section 3.1.1). */
const CONNECT = 0x10;

/** @param alpnProtocol as Node gives it: false when the client offered none */
export function protocolOfAlpn(alpnProtocol: string | false | null): SharedProtocol | undefined {
  return typeof alpnProtocol === 'string' ? ALPN[alpnProtocol] : undefined;
}

/** A request of HTTP/1.1 begins with its method, which is letters (RFC 9110, section 9). */
export function protocolOfFirstByte(byte: number | undefined): SharedProtocol | undefined {
  if (byte === CONNECT) return 'mqtt';
  return byte !== undefined && /^[A-Za-z]$/.test(String.fromCharCode(byte)) ? 'http' : undefined;
}
