import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Chip } from '@mkiot/esp32/chips/chip';
import { buildAppDescription } from '@mkiot/esp32/image/appDescription';
import { buildImage } from '@mkiot/esp32/image/buildImage';
import type { Image } from '@mkiot/esp32/image/image';
import { imageHash } from '@mkiot/esp32/image/image';
import { WP_PIN_UNSET } from '@mkiot/esp32/image/imageHeader';
import { addSecurePadding } from '@mkiot/esp32/image/securePadding';
import { bootError } from '../boot/bootErrors.ts';
import { buildVirtualTag } from '../boot/virtualTag.ts';
import { checkAppTag } from './appTag.ts';

export interface VirtualAppOptions {
  readonly chip: Chip;
  /** Name of the program that runs. */
  readonly firmware: string;
  readonly version: string;
  /** Of anti-rollback; default 0. */
  readonly secureVersion?: number;
  readonly idfVersion?: string;
  /** When it was built, as the compiler writes it: `12:34:56` and `Nov  2 2025`. */
  readonly time?: string;
  readonly date?: string;
  /** For a signature of secure boot: the image is padded as esptool pads it. */
  readonly securePadding?: 'v1' | 'v2' | undefined;
  /** Constants of the program, of whole words: what makes an app as large as a real one. */
  readonly constants?: Uint8Array;
}

/** Header and segment header: the app description stands behind them. */
const FIRST_DATA = 32;
const NOTHING: Uint8Array = new Uint8Array();
/** What stands in the place of code. */
const NO_CODE: Uint8Array = new Uint8Array(16);

/**
 * An app for a virtual chip: a valid image for the tools and bootloaders of real ones, with a tag that names the program.
 *
 * @throws `TAG_INVALID`, `DESCRIPTION_FIELD`, `BOOT_CHIP_UNKNOWN`
 */
export async function buildVirtualApp(options: VirtualAppOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { chip, firmware, version } = options;
  const tag = buildVirtualTag('app', checkAppTag({ firmware, version }));
  const description = buildAppDescription({
    secureVersion: options.secureVersion ?? 0,
    version,
    projectName: firmware,
    time: options.time ?? '00:00:00',
    date: options.date ?? 'Jan  1 2026',
    idfVersion: options.idfVersion ?? 'v5.1.4',
    elfSha256: await imageHash(tag),
    minEfuseBlockRevision: 0,
    maxEfuseBlockRevision: 0xffff,
    mmuPageSize: 16,
    reserved: [new Uint8Array(8), new Uint8Array(3), new Uint8Array(72)],
  });
  const entryPoint = regionStart(chip, 'IRAM');
  const image: Image = {
    header: {
      spiMode: 2,
      spiSpeed: 0,
      flashSize: 2,
      entryPoint,
      wpPin: WP_PIN_UNSET,
      pinDrives: [0, 0, 0, 0, 0, 0],
      chipId: chip.imageChipId,
      legacyMinRevision: 0,
      minRevision: 0,
      maxRevision: 0xffff,
      reserved: new Uint8Array(4),
      hashAppended: true,
    },
    segments: [
      {
        loadAddress: regionStart(chip, 'DROM') + FIRST_DATA,
        data: concatBytes(description, tag, options.constants ?? NOTHING),
      },
      { loadAddress: entryPoint, data: NO_CODE },
    ],
  };
  return buildImage(options.securePadding === undefined ? image : addSecurePadding(image, options.securePadding));
}

function regionStart(chip: Chip, region: string): number {
  const start = chip.memory.find(({ name }) => name === region)?.start;
  if (start === undefined) throw bootError('BOOT_CHIP_UNKNOWN', { chip: chip.label });
  return start;
}
