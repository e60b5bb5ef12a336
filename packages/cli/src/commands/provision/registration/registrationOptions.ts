import { isResourceId } from '@mkiot/core/contract/ids';
import type { Clock } from '@mkiot/core/clock/clock';
import type { Registration } from '@mkiot/esp32/station/registration';
import { type Command, Option } from 'commander';
import { durationSeconds, wholeNumber } from '../../../arguments.ts';
import { usageError } from '../../../usageErrors.ts';
import type { StationCredential } from '../../station/stationFile.ts';

/** How units become devices, as the command line says it. */
export interface RegistrationOptions {
  /** The file of `mkiot station enrol`. */
  readonly station?: string;
  readonly device?: string;
  readonly keys: Registration['keysMadeBy'];
  readonly keyCount: number;
  /** Seconds; undefined: never. */
  readonly keyExpiry?: readonly (number | undefined)[];
}

const CHIP = '{chip}';
const MAC = '{mac}';
/** No two units have the same. */
const USUAL_ID = `${CHIP}-${MAC}`;

export function addRegistrationOptions(command: Command): Command {
  return command
    .option('--station <file>', 'registers the unit, with the key of "mkiot station enrol"')
    .addOption(new Option('--keys <maker>', 'who makes its keys').choices(['device', 'station']).default('device'))
    .option('--key-count <n>', 'how many keys it gets', wholeNumber('--key-count', 1, 3), 1)
    .option(
      '--key-expiry <duration>',
      'until when a key is good: 365d or never, once for each key',
      (value: string, previous?: readonly (number | undefined)[]) => [...(previous ?? []), keyExpiry(value)],
    );
}

/** Who a single unit is to be. */
export function addDeviceOption(command: Command): Command {
  const text = `who it is to be, ${CHIP} and ${MAC} are filled in (default: "${USUAL_ID}")`;
  return command.option('--device <id>', text, deviceId);
}

/** What the station is to do, by the options and its own credential. */
export function registrationOf(
  { device = USUAL_ID, keys: keysMadeBy, keyCount, keyExpiry = [] }: RegistrationOptions,
  { id, key, platform, registry }: StationCredential,
  clock: Clock,
): Registration {
  const nowMs = clock.now();
  return {
    deviceName: ({ mac, chip }) => ({ ...registry, device: filledIn(device, chip.name, mac.replaceAll(':', '')) }),
    platform,
    keyCount,
    keysMadeBy,
    keyExpiriesMs: keyExpiry.map((seconds) => (seconds === undefined ? undefined : nowMs + seconds * 1_000)),
    station: { id, key },
  };
}

function filledIn(pattern: string, chip: string, mac: string): string {
  return pattern.replaceAll(CHIP, chip).replaceAll(MAC, mac);
}

/** @throws `ARGUMENT_WRONG` where no chip could be called so */
function deviceId(value: string): string {
  if (isResourceId(filledIn(value, 'esp32', '0123456789ab'))) return value;
  const allowed = `a device id, 3 to 255 characters of which the first is a letter, with ${CHIP} and ${MAC} where you like`;
  throw usageError('ARGUMENT_WRONG', { argument: '--device', value, allowed });
}

function keyExpiry(value: string): number | undefined {
  return value === 'never' ? undefined : durationSeconds('--key-expiry')(value);
}
