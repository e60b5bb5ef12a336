// docs/protocol.md, "When to come back". HTTP has the same as a header, RFC 9110, section 10.2.3.

/** A user property of MQTT 5.0 (section 2.2.2.2): name and value. */
type UserProperty = readonly [string, string];

const RETRY_AFTER = 'retry-after';

/** @param seconds whole, not negative */
export function encodeRetryAfter(seconds: number): UserProperty {
  return [RETRY_AFTER, String(seconds)];
}

/**
 * In how many seconds a server wants a client back, as the user properties of its CONNACK or DISCONNECT say; `undefined`
 * if they do not. It is advice: what is not a whole number is as good as absent.
 */
export function readRetryAfterSeconds(pairs: readonly UserProperty[] = []): number | undefined {
  const text = pairs.find(([name]) => name === RETRY_AFTER)?.[1];
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
