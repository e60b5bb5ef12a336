import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { efuseSummaryLines } from '@mkiot/esp32/efuse/summaryText';
import { parsePartitionCsv } from '@mkiot/esp32/partitionTable/parsePartitionCsv';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { makeDeviceKeys } from './deviceKeys.ts';
import { burnPaperEfuses } from './efuses.ts';
import { buildBootloader, buildSketch } from './firmware.ts';
import { buildFlash, encryptFlash, type FlashContents } from './flash.ts';

/** A file of the device, by its path below the folder that all are written to. */
export interface DeviceFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What one has of the paper's device: what it shows itself, in `device/`, and beside that its flash before and its flash key. */
export async function buildPaperDevice(): Promise<readonly DeviceFile[]> {
  const texts = await Promise.all(['partitions.csv', 'sdkconfig', 'boot.log'].map(readText));
  const [partitionsCsv] = texts;
  const flashKey = new Uint8Array(randomBytes(32));
  const keys = makeDeviceKeys();
  const contents: FlashContents = {
    partitions: parsePartitionCsv(partitionsCsv?.bytes ?? new Uint8Array(), { tableOffset: 0x8000, variables: {} }),
    bootloader: await buildBootloader(),
    sketch: await buildSketch(),
    keys: keys.map(({ colonHex }) => colonHex),
  };
  const flash = buildFlash(contents);
  return [
    ...texts,
    { path: 'device/efuse.txt', bytes: utf8Encode(`${efuseSummaryLines(burnPaperEfuses(flashKey)).join('\n')}\n`) },
    { path: 'device/flash.bin', bytes: encryptFlash(flash, contents, flashKey) },
    ...keys.map(({ publicKey }, index) => ({ path: `device/key-${index + 1}.pem`, bytes: utf8Encode(publicKey) })),
    { path: 'flash-before.bin', bytes: flash },
    { path: 'flash-encryption.key', bytes: flashKey },
  ];
}

async function readText(name: string): Promise<DeviceFile> {
  const path = `device/${name}`;
  return { path, bytes: new Uint8Array(await readFile(new URL(path, import.meta.url))) };
}
