import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import { usageError } from '../../../usageErrors.ts';

const DEVICE = '{device}';
const MAC = '{mac}';

/** What is typed after `--label-url`. @throws `ARGUMENT_WRONG` */
export function labelUrl(value: string): string {
  const example = value.replaceAll(DEVICE, 'device').replaceAll(MAC, '0123456789ab');
  if (/^https?:\/\//.test(value) && URL.canParse(example)) return value;
  const allowed = `a URL such as https://support.example/?unit=${DEVICE}`;
  throw usageError('ARGUMENT_WRONG', { argument: '--label-url', value, allowed });
}

/**
 * What the QR code of a unit holds: the URL, filled in, or its device name and MAC address. Keys, tickets and addresses of the
 * platform are never in it.
 */
export function labelContent({ mac, device }: Pick<UnitResult, 'mac' | 'device'>, url: string | undefined): string {
  const name = device?.name;
  if (url === undefined) return [name, `MAC ${mac}`].filter((line) => line !== undefined).join('\n');
  const id = encodeURIComponent(name?.split('/').at(-1) ?? '');
  return url.replaceAll(DEVICE, id).replaceAll(MAC, mac.replaceAll(':', ''));
}
