/** What CONNECT calls the protocol level: 4 is MQTT 3.1.1, 5 is MQTT 5.0. */
export type ProtocolLevel = 4 | 5;

export function isProtocolLevel(level: number): level is ProtocolLevel {
  return level === 4 || level === 5;
}
