import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Chip, ChipName } from '@mkiot/esp32/chips/chip';
import { buildBootloaderDescription } from '@mkiot/esp32/image/bootloaderDescription';
import { buildImage } from '@mkiot/esp32/image/buildImage';
import { WP_PIN_UNSET } from '@mkiot/esp32/image/imageHeader';
import { bootError } from './bootErrors.ts';
import { type BootloaderOptions, readBootloaderOptions } from './bootloaderOptions.ts';
import { buildVirtualTag } from './virtualTag.ts';

/** Where the segments of a bootloader are loaded to, and where it begins: as ESP-IDF v5 links it. */
const LAYOUTS: Partial<Readonly<Record<ChipName, { readonly segments: readonly number[]; readonly entry: number }>>> = {
  esp32: { segments: [0x3fff0030, 0x40078000, 0x40080400], entry: 0x400805e4 },
  esp32s3: { segments: [0x3fce3808, 0x403c9700, 0x403cc700], entry: 0x403c9908 },
  esp32c3: { segments: [0x3fcd5820, 0x403cc710, 0x403ce710], entry: 0x403cc71a },
};

/** What stands in the place of code. */
const NO_CODE: Uint8Array = new Uint8Array(16);

/**
 * A bootloader for a virtual chip: a valid image whose tag says how it was configured. Options that are left out have
 * ESP-IDF's defaults.
 *
 * @throws `BOOT_CHIP_UNKNOWN`, `TAG_INVALID`
 */
export async function buildVirtualBootloader(
  chip: Chip,
  options: Partial<BootloaderOptions> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const layout = LAYOUTS[chip.name];
  if (layout === undefined) throw bootError('BOOT_CHIP_UNKNOWN', { chip: chip.label });
  const { idfVersion, compileTime } = readBootloaderOptions(options);
  const description = buildBootloaderDescription({
    secureVersion: 0,
    version: 1,
    idfVersion,
    dateTime: compileTime,
    reserved: [new Uint8Array(2), new Uint8Array(16)],
  });
  const first = concatBytes(description, buildVirtualTag('bootloader', options));
  return buildImage({
    header: {
      spiMode: 2,
      spiSpeed: 0,
      flashSize: 2,
      entryPoint: layout.entry,
      wpPin: WP_PIN_UNSET,
      pinDrives: [0, 0, 0, 0, 0, 0],
      chipId: chip.imageChipId,
      legacyMinRevision: 0,
      minRevision: 0,
      maxRevision: 0xffff,
      reserved: new Uint8Array(4),
      hashAppended: true,
    },
    segments: layout.segments.map((loadAddress, index) => ({ loadAddress, data: index === 0 ? first : NO_CODE })),
  });
}
