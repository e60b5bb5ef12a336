// IEEE 802-2014, 8.2: 48-bit addresses.

/** Whether `text` is the address of one network station, in lower case with colons: neither of a group nor all zeros. */
export function isMac(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/.test(text) && text !== '00:00:00:00:00:00';
}
