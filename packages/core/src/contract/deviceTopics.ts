import { isSubfolder } from './ids.ts';

/**
 * What a device topic is for; the second level after `/devices/{device}/`. The first seven are IoT Core's. Ours are about
 * the login itself (docs/protocol.md): `nonce` brings a device the ticket of its next login, `token` takes a new token inside the
 * session and is never stored, logged or forwarded, `session` tells when the session ends.
 */
export const DEVICE_TOPIC_KINDS = [
  'events',
  'state',
  'config',
  'commands',
  'attach',
  'detach',
  'errors',
  'nonce',
  'token',
  'session',
] as const;

export type DeviceTopicKind = (typeof DEVICE_TOPIC_KINDS)[number];

/** A topic `/devices/{device}/{kind}[/{subfolder}]`. */
export interface DeviceTopic {
  readonly device: string;
  readonly kind: DeviceTopicKind;
  /** Everything after the kind; the empty string when there is nothing. */
  readonly subfolder: string;
}

const KINDS: ReadonlySet<string> = new Set(DEVICE_TOPIC_KINDS);

/** Parts of a topic that a device publishes to, or `undefined` if the contract has no such topic. */
export function parseDeviceTopic(topic: string): DeviceTopic | undefined {
  if (!topic.startsWith('/devices/')) return undefined;
  const deviceEnd = topic.indexOf('/', 9);
  if (deviceEnd <= 9) return undefined;
  const kindEnd = topic.indexOf('/', deviceEnd + 1);
  const kind = kindEnd < 0 ? topic.slice(deviceEnd + 1) : topic.slice(deviceEnd + 1, kindEnd);
  if (!KINDS.has(kind)) return undefined;
  const subfolder = kindEnd < 0 ? '' : topic.slice(kindEnd + 1);
  const hasSubfolders = kind === 'events' || kind === 'commands';
  if (kindEnd >= 0 && !(hasSubfolders && isSubfolder(subfolder))) return undefined;
  return { device: topic.slice(9, deviceEnd), kind: kind as DeviceTopicKind, subfolder };
}

export function formatDeviceTopic(topic: DeviceTopic): string {
  const base = `/devices/${topic.device}/${topic.kind}`;
  return topic.subfolder === '' ? base : `${base}/${topic.subfolder}`;
}

/** What a device may subscribe to, without the device part: the contract knows exactly these filters. */
export const SUBSCRIBABLE = {
  config: 'config',
  commands: 'commands/#',
  errors: 'errors',
  nonce: 'nonce',
  session: 'session',
} as const;

export type SubscribableKind = keyof typeof SUBSCRIBABLE;

const SUBSCRIBABLE_KINDS: ReadonlyMap<string, SubscribableKind> = new Map(
  Object.entries(SUBSCRIBABLE).map(([kind, filter]) => [filter, kind as SubscribableKind]),
);

/** Parts of a subscription filter, or `undefined` if the contract has no such filter. */
export function parseDeviceFilter(filter: string): { device: string; kind: SubscribableKind } | undefined {
  const match = /^\/devices\/([^/]+)\/(.+)$/.exec(filter);
  if (match === null) return undefined;
  const [, device, rest] = match as unknown as [string, string, string];
  const kind = SUBSCRIBABLE_KINDS.get(rest);
  return kind === undefined ? undefined : { device, kind };
}

/** The filter that {@link parseDeviceFilter} reads. */
export function formatDeviceFilter(device: string, kind: SubscribableKind): string {
  return `/devices/${device}/${SUBSCRIBABLE[kind]}`;
}
