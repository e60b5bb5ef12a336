import type { Chip } from '../../chips/chip.ts';
import { chipOf } from '../../image/imageFacts.ts';
import { parseImage } from '../../image/parseImage.ts';
import { verifyImage } from '../../image/verifyImage.ts';
import type { NamedBytes } from './firmware.ts';
import { firmwareError } from './firmwareErrors.ts';

/** An image that a bootloader or the ROM would take. */
export interface FirmwareImage {
  readonly name: string;
  readonly chip: Chip;
}

/**
 * Reads a bootloader or an app, and checks it as the chip will: a damaged file is found before a board is touched.
 *
 * @throws `FIRMWARE_IMAGE_DAMAGED`
 */
export async function readFirmwareImage({ name, bytes }: NamedBytes): Promise<FirmwareImage> {
  try {
    const image = parseImage(bytes);
    const [problem] = await verifyImage(image);
    const chip = chipOf(image);
    if (problem === undefined && chip !== undefined) return { name, chip };
    throw problem ?? new TypeError('Its chip is unknown.');
  } catch (error) {
    throw firmwareError('FIRMWARE_IMAGE_DAMAGED', { file: name, reason: (error as Error).message }, error);
  }
}

interface OfChip {
  readonly name: string;
  readonly chip: { readonly name: string; readonly label: string };
}

/** @throws `FIRMWARE_CHIPS_DIFFER` */
export function checkOneChip([first, ...others]: readonly OfChip[]): void {
  const other = others.find(({ chip }) => chip.name !== first?.chip.name);
  if (first === undefined || other === undefined) return;
  throw firmwareError('FIRMWARE_CHIPS_DIFFER', {
    file: first.name,
    chip: first.chip.label,
    other: other.name,
    otherChip: other.chip.label,
  });
}
