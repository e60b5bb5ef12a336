import type { UnitResult } from '../unitResult.ts';

/** What stands in a label's URL for the id of the device, and for its MAC address without colons. */
export const LABEL_DEVICE = '{device}';
export const LABEL_MAC = '{mac}';

/**
 * What the QR code of a unit holds: the URL, filled in, or its device name and MAC address. Keys, tickets and addresses of the
 * platform are never in it.
 */
export function labelContent({ mac, device }: Pick<UnitResult, 'mac' | 'device'>, url: string | undefined): string {
  const name = device?.name;
  if (url === undefined) return [name, `MAC ${mac}`].filter((line) => line !== undefined).join('\n');
  const id = encodeURIComponent(name?.split('/').at(-1) ?? '');
  return url.replaceAll(LABEL_DEVICE, id).replaceAll(LABEL_MAC, mac.replaceAll(':', ''));
}
