import type { WillRecord } from '../bridge/keptSessions/sessionStore.ts';
import { formatMessageProperties, parseMessageProperties } from './messageProperties.ts';

/** A will as {@link formatWill} writes it. */
type WillText = Omit<WillRecord, 'payload' | 'properties' | 'dueAtMs'> & {
  /** In base64. */
  readonly payload: string;
  readonly properties?: string;
  readonly dueAtMs?: number;
};

/** A will as JSON. */
export function formatWill({ payload, properties, ...others }: WillRecord): string {
  return JSON.stringify({
    ...others,
    payload: Buffer.from(payload).toString('base64'),
    ...(properties === undefined ? {} : { properties: formatMessageProperties(properties) }),
  });
}

/** What {@link formatWill} has written. */
export function parseWill(text: string): WillRecord {
  const { payload, properties, dueAtMs, ...others } = JSON.parse(text) as WillText;
  return {
    ...others,
    payload: new Uint8Array(Buffer.from(payload, 'base64')),
    properties: properties === undefined ? undefined : parseMessageProperties(properties),
    dueAtMs,
  };
}
