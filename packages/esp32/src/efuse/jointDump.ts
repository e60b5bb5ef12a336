import { concatBytes } from '@mkiot/core/bytes/bytes';
import { toHexOffset } from '../bytes/hexOffset.ts';
import type { Chip } from '../chips/chip.ts';
import { blockBytes, CODING_SCHEME, codingScheme, type EfuseDump } from './efuseDump.ts';
import { efuseError } from './efuseErrors.ts';

/** QEMU's eFuse drive is a joint dump with zeros after it, this long. */
export const QEMU_DRIVE_BYTES = 1024;

/** How long a joint dump of `chip` is under a coding scheme. */
export function jointDumpBytes(chip: Chip, scheme: number): number {
  return chip.efuse.blocks.reduce((sum, block) => sum + blockBytes(block, scheme), 0);
}

/**
 * Reads the blocks one after the other, as `espefuse dump --format joint` writes them and QEMU has them on its eFuse drive.
 *
 * @throws `EFUSE_WRONG_LENGTH`, `EFUSE_NOT_READ`, `EFUSE_CODING_UNSUPPORTED`, `EFUSE_LEFT_OVER`
 */
export function parseJointDump(bytes: Uint8Array, chip: Chip): EfuseDump {
  const block0 = bytes.subarray(0, (chip.efuse.blocks[0]?.words ?? 0) * 4);
  const longest = jointDumpBytes(chip, CODING_SCHEME.none);
  const isDrive = bytes.length === QEMU_DRIVE_BYTES;
  const shortest = jointDumpBytes(chip, CODING_SCHEME.threeQuarters);
  const mayBeShort = chip.efuse.coding === 'by-field' && bytes.length === shortest;
  if (!isDrive && !mayBeShort && bytes.length !== longest) throw wrongLength(chip, bytes.length, longest);
  if (bytes.every((byte) => byte === 0xff)) throw efuseError('EFUSE_NOT_READ', { bytes: bytes.length });
  const scheme = codingScheme(chip, block0);
  const length = jointDumpBytes(chip, scheme);
  if (!isDrive && bytes.length !== length) throw wrongScheme(scheme, mayBeShort);
  checkRest(bytes, length);
  return { chip, blocks: splitBlocks(bytes, chip, scheme) };
}

/** The joint dump of `dump`: what a read-protected block holds in it is written too. */
export function buildJointDump(dump: EfuseDump): Uint8Array<ArrayBuffer> {
  return concatBytes(...dump.blocks);
}

function splitBlocks(bytes: Uint8Array, chip: Chip, scheme: number): readonly Uint8Array[] {
  let at = 0;
  return chip.efuse.blocks.map((block) => bytes.slice(at, (at += blockBytes(block, scheme))));
}

function checkRest(bytes: Uint8Array, length: number): void {
  const found = bytes.subarray(length).findIndex((byte) => byte !== 0);
  if (found === -1) return;
  throw efuseError('EFUSE_LEFT_OVER', { offset: toHexOffset(length), found: toHexOffset(length + found) });
}

export function wrongLength(chip: Chip, found: number, expected: number): Error {
  return efuseError('EFUSE_WRONG_LENGTH', { chip: chip.label, expected, found });
}

function wrongScheme(scheme: number, isShort: boolean): Error {
  return efuseError('EFUSE_CODING_UNSUPPORTED', { offset: '0x18', scheme, blockBytes: isShort ? 24 : 32 });
}
