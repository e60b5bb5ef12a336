/** Quality of service, MQTT 3.1.1 section 4.3: at most once, at least once, exactly once. */
export type QoS = 0 | 1 | 2;

/** Whether `value` is one of the three; the fourth pattern of the two bits is forbidden everywhere. */
export function isQoS(value: number): value is QoS {
  return value === 0 || value === 1 || value === 2;
}
