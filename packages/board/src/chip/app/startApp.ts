import { toHex } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { type AppDescription, parseAppDescription } from '@mkiot/esp32/image/appDescription';
import { efuseBits, efuseOnes, isFieldLocked } from '../boot/efuseFields.ts';
import { isFlashEncryptionOn } from '../boot/flashKey.ts';
import type { Stage } from '../boot/stage.ts';
import type { BootedApp } from '../boot/bootloader.ts';
import type { ResetReason } from '../boot/resetReason.ts';
import { parseAppTag } from './appTag.ts';
import type { AppEnd, AppWorld, Firmware, FirmwareRegistry } from './firmware.ts';

const FIRST_DATA = 32;
const TAG = 'virtual_chip';

/**
 * Starts an app: the program that the tag of its image names. A real image runs to its entry point, for the chip executes
 * no machine code; it says so and stays there.
 *
 * @returns how the app ends; undefined: it never does
 */
export async function startApp(
  stage: Stage,
  booted: BootedApp,
  reason: ResetReason,
  firmwares: FirmwareRegistry,
  signal: AbortSignal,
): Promise<AppEnd | undefined> {
  const { console, hardware, cache } = stage;
  const { image, partition, partitions } = booted;
  const first = image.segments[0]?.data ?? new Uint8Array();
  const description = readable(() => parseAppDescription(first, FIRST_DATA));
  const tag = readable(() => parseAppTag(first));
  if (tag instanceof MkiotError) return stuck(stage, tag.message);
  if (tag === undefined) {
    const entry = `0x${image.header.entryPoint.toString(16).padStart(8, '0')}`;
    return stuck(
      stage,
      `The app has come to its entry point ${entry}. This chip executes no machine code, and the image names no program.`,
    );
  }
  const firmware = Object.hasOwn(firmwares, tag.firmware) ? firmwares[tag.firmware] : undefined;
  if (firmware === undefined)
    return stuck(stage, `The image names the program "${tag.firmware}", which is not known here.`);
  const app = description instanceof MkiotError ? undefined : description;
  if (app !== undefined) tellOfApp(stage, app);
  tellOfEncryption(stage);
  const { version } = tag;
  const world = { hardware, flash: cache, console, reason, version, description: app, partitions, running: partition };
  return run(firmware, world, signal);
}

async function run(firmware: Firmware, world: AppWorld, signal: AbortSignal): Promise<AppEnd> {
  try {
    return await firmware(world, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof MkiotError)) throw error;
    world.console.log('E', 'app', `${error.code}: ${error.message}`);
    world.console.line('Rebooting...');
    return { kind: 'restart' };
  }
}

function stuck({ console }: Stage, text: string): undefined {
  console.log('W', TAG, text);
  return undefined;
}

/** What is in an image may be anything: an error is what is found in it. */
function readable<Value>(read: () => Value): Value | MkiotError {
  try {
    return read();
  } catch (error) {
    if (error instanceof MkiotError) return error;
    throw error;
  }
}

/** As ESP-IDF's start-up code introduces an app. */
function tellOfApp({ console, dialect }: Stage, app: AppDescription): void {
  const rows = [
    ['Project name:', app.projectName],
    ['App version:', app.version],
    ['Compile time:', `${app.date} ${app.time}`],
    ['ELF file SHA256:', `${toHex(app.elfSha256.subarray(0, 8))}...`],
    ['ESP-IDF:', app.idfVersion],
  ];
  for (const line of dialect.appStart) console.log('I', 'cpu_start', line);
  console.log('I', 'cpu_start', 'Application information:');
  for (const [name = '', value] of rows) console.log('I', 'cpu_start', `${name.padEnd(17)} ${value}`);
}

/** Start-up code with flash encryption says which mode it is in: permanent or not. */
function tellOfEncryption({ console, hardware, chip }: Stage): void {
  const dump = hardware.efuse.readable();
  if (!isFlashEncryptionOn(dump)) return;
  const counter = chip.flashEncryption.counterField;
  const isPermanent = isFieldLocked(dump, counter) || efuseOnes(dump, counter) === efuseBits(dump, counter);
  if (isPermanent) console.log('I', 'flash_encrypt', 'Flash encryption mode is RELEASE');
  else console.log('W', 'flash_encrypt', 'Flash encryption mode is DEVELOPMENT (not secure)');
}
