import { isSubfolder } from './ids.ts';

/** What a device topic is for; the second level after `/devices/{device}/`. */
export const DEVICE_TOPIC_KINDS = ['events', 'state', 'config', 'commands', 'attach', 'detach', 'errors'] as const;

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
} as const;

/** Parts of a subscription filter, or `undefined` if the contract has no such filter. */
export function parseDeviceFilter(filter: string): { device: string; kind: keyof typeof SUBSCRIBABLE } | undefined {
  const match = /^\/devices\/([^/]+)\/(.+)$/.exec(filter);
  if (match === null) return undefined;
  const [, device, rest] = match as unknown as [string, string, string];
  if (rest === SUBSCRIBABLE.config) return { device, kind: 'config' };
  if (rest === SUBSCRIBABLE.commands) return { device, kind: 'commands' };
  return undefined;
}
