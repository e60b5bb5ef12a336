// docs/protocol.md, "User properties".

/** A user property of MQTT 5.0 (section 2.2.2.2): name and value. */
type UserProperty = readonly [string, string];

/** What a bridge adds to a CONNACK and to the AUTH that ends a re-authentication. */
export interface LoginProperties {
  /** A challenge for the next login; in a refusal. */
  readonly nonce?: string | undefined;
  /** The bridge's clock, milliseconds since 1970. */
  readonly serverTimeMs?: number | undefined;
  /** Milliseconds until the bridge ends the session. */
  readonly sessionEndsInMs?: number | undefined;
}

/** Names of the user properties. */
const LOGIN_PROPERTIES: Readonly<Record<keyof LoginProperties, string>> = {
  nonce: 'nonce',
  serverTimeMs: 'server-time',
  sessionEndsInMs: 'session-ends-in',
};

const MEMBERS = Object.keys(LOGIN_PROPERTIES) as (keyof LoginProperties)[];

export function encodeLoginProperties(properties: LoginProperties): readonly UserProperty[] {
  const pairs: UserProperty[] = [];
  for (const member of MEMBERS) {
    const [name, value] = [LOGIN_PROPERTIES[member], properties[member]];
    if (value !== undefined) pairs.push([name, String(value)]);
  }
  return pairs;
}

/** Finds them among the user properties of a packet. Of a name that stands there twice the first counts. */
export function readLoginProperties(pairs: readonly UserProperty[] = []): LoginProperties {
  const valueOf = (name: string): string | undefined => pairs.find(([found]) => found === name)?.[1];
  return {
    nonce: valueOf(LOGIN_PROPERTIES.nonce),
    serverTimeMs: readMilliseconds(valueOf(LOGIN_PROPERTIES.serverTimeMs)),
    sessionEndsInMs: readMilliseconds(valueOf(LOGIN_PROPERTIES.sessionEndsInMs)),
  };
}

/** A device can do without: what is not a number is as good as absent. */
function readMilliseconds(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
