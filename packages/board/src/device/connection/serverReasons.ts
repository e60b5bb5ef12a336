import { readRetryAfterSeconds } from '@mkiot/core/contract/retryAfter';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { CONNACK_RETURN_CODES } from '@mkiot/core/mqtt/connack';
import type { Properties } from '@mkiot/core/mqtt/properties';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { REASON_CODES, type ReasonCodeName } from '@mkiot/core/mqtt/reasonCodes';
import { boardError } from '../boardErrors.ts';

interface Reason {
  readonly says: string;
  /** Coming back soon would not help, or would harm. */
  readonly patience?: true;
}

/** What a server means with a reason code of MQTT 5.0, for whoever looks at the device. The others have their name. */
const REASONS: { readonly [Name in ReasonCodeName]?: Reason } = {
  NOT_AUTHORIZED: {
    says: 'not authorized: it does not know this device or its key, has blocked it, or its login ran out',
  },
  BAD_AUTHENTICATION_METHOD: { says: 'bad authentication method: it knows no login by challenge' },
  SERVER_UNAVAILABLE: { says: 'server unavailable: it takes nobody now', patience: true },
  SERVER_BUSY: { says: 'server busy: it takes nobody more now', patience: true },
  BANNED: { says: 'banned: it takes nothing from this address now', patience: true },
  SERVER_SHUTTING_DOWN: { says: 'server shutting down: it stops or starts again' },
  KEEP_ALIVE_TIMEOUT: { says: 'keep alive timeout: it has not heard this device for too long' },
  SESSION_TAKEN_OVER: {
    says: 'session taken over: another connection has logged in with the name and key of this device',
    patience: true,
  },
  RECEIVE_MAXIMUM_EXCEEDED: { says: 'receive maximum exceeded: it was sent more than it had asked for' },
  PACKET_TOO_LARGE: { says: 'packet too large: it was sent more than it takes in one packet' },
  MESSAGE_RATE_TOO_HIGH: { says: 'message rate too high: this device sends too fast', patience: true },
  QUOTA_EXCEEDED: { says: 'quota exceeded: a limit of the server is reached', patience: true },
  ADMINISTRATIVE_ACTION: { says: 'administrative action: somebody has ended the session, or deleted the device' },
  USE_ANOTHER_SERVER: { says: 'use another server: it does not serve this device for now', patience: true },
  SERVER_MOVED: { says: 'server moved: this device has to be given its new address', patience: true },
  CONNECTION_RATE_EXCEEDED: { says: 'connection rate exceeded: this device connects too often', patience: true },
  MAXIMUM_CONNECT_TIME: { says: 'maximum connect time: the session was as long as sessions may be' },
};

const NAMES: ReadonlyMap<number, ReasonCodeName> = new Map(
  Object.entries(REASON_CODES).map(([name, { code }]) => [code, name as ReasonCodeName]),
);

/**
 * The error for a code with which the server refused or ended something.
 *
 * @param properties of the packet that had the code: what they advise goes with the error
 */
export function reasonError(
  code: 'CONNECT_REFUSED' | 'SERVER_DISCONNECTED' | 'PUBLISH_REFUSED',
  reason: number,
  level: ProtocolLevel,
  properties: Properties = {},
): MkiotError {
  const meaning = reasonWords(reason, level);
  if (level === 4) return boardError(code, { meaning, number: `return code ${reason}`, returnCode: reason });
  const number = `reason code 0x${reason.toString(16).padStart(2, '0')}`;
  const retryAfterSeconds = readRetryAfterSeconds(properties.userProperties);
  return boardError(code, { meaning, number, reasonCode: reason, retryAfterSeconds });
}

function reasonWords(code: number, level: ProtocolLevel): string {
  const name = level === 5 ? NAMES.get(code) : returnCodeName(code);
  const says = level === 5 && name !== undefined ? REASONS[name as ReasonCodeName]?.says : undefined;
  return says ?? (name ?? 'reserved').toLowerCase().replaceAll('_', ' ');
}

/** Whether the server asked, with the reason of MQTT 5.0 that is in `error`, to be left alone for a while. */
export function asksForPatience({ context }: MkiotError): boolean {
  const { reasonCode } = context;
  const name = typeof reasonCode === 'number' ? NAMES.get(reasonCode) : undefined;
  return name !== undefined && REASONS[name]?.patience === true;
}

/** Whether the server refused a login for who the device is: it does not know the key, or takes it no longer. */
export function refusesKey({ code, context: { reasonCode, returnCode } }: MkiotError): boolean {
  if (code !== 'CONNECT_REFUSED') return false;
  const { BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED } = CONNACK_RETURN_CODES;
  if (reasonCode !== undefined) return reasonCode === REASON_CODES.NOT_AUTHORIZED.code;
  return returnCode === NOT_AUTHORIZED || returnCode === BAD_USER_NAME_OR_PASSWORD;
}

/** In how many seconds the server, as far as it has said so in `error`, wants the device back. */
export function retryAfterSecondsOf({ context }: MkiotError): number | undefined {
  const { retryAfterSeconds } = context;
  return typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined;
}

function returnCodeName(code: number): string | undefined {
  return Object.entries(CONNACK_RETURN_CODES).find(([, known]) => known === code)?.[0];
}
