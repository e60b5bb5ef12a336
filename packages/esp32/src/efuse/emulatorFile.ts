import type { Chip } from '../chips/chip.ts';
import { blockBytes, codingScheme, type EfuseDump } from './efuseDump.ts';
import { efuseError } from './efuseErrors.ts';
import { wrongLength } from './jointDump.ts';

/**
 * Reads the file of `espefuse --virt --path-efuse-file`: the registers of the controller as one big number, so the last
 * byte of the file is the first of the window. What is read-protected is lost from it.
 *
 * @throws `EFUSE_WRONG_LENGTH`, `EFUSE_NOT_READ`
 */
export function parseEmulatorFile(bytes: Uint8Array, chip: Chip): EfuseDump {
  if (bytes.length !== chip.efuse.windowBytes) throw wrongLength(chip, bytes.length, chip.efuse.windowBytes);
  if (bytes.every((byte) => byte === 0xff)) throw efuseError('EFUSE_NOT_READ', { bytes: bytes.length });
  const window = bytes.toReversed();
  const scheme = codingScheme(chip, window);
  return {
    chip,
    blocks: chip.efuse.blocks.map((block) =>
      window.slice(block.readOffset, block.readOffset + blockBytes(block, scheme)),
    ),
  };
}

/** A file that espefuse takes with `--virt`: the blocks in their read registers, all other registers zero. */
export function buildEmulatorFile({ chip, blocks }: EfuseDump): Uint8Array<ArrayBuffer> {
  const window = new Uint8Array(chip.efuse.windowBytes);
  for (const [number, block] of blocks.entries()) window.set(block, chip.efuse.blocks[number]?.readOffset);
  return window.reverse();
}
