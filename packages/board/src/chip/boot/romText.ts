// What the mask ROMs print: ESP32 as recorded, S3 and C3 as Espressif's documentation shows it (esptool, "Boot Log").
import type { Chip, ChipName } from '@mkiot/esp32/chips/chip';
import type { ImageHeader } from '@mkiot/esp32/image/imageHeader';
import { SPI_MODES } from '@mkiot/esp32/image/imageHeader';
import { bootError } from './bootErrors.ts';
import { RESET_REASONS, type ResetReason } from './resetReason.ts';

/** A strapping value whose bits under `mask` are `value` boots so. */
interface BootMode {
  readonly mask: number;
  readonly value: number;
  readonly name: string;
}

interface RomText {
  /** Before the line with the reset reason: the last whose revision the silicon has reached. */
  readonly banners: readonly { readonly fromRevision: number; readonly lines: readonly string[] }[];
  readonly resetReason: 'esp32' | 'later';
  readonly bootModes: readonly BootMode[];
  readonly configLines: (header: ImageHeader) => readonly string[];
  readonly secureBootV2: readonly string[];
  readonly segmentLength: (bytes: number) => string;
  /** It tells where a segment leaves less room in a row of 16 bytes than the next segment's header takes. */
  readonly tellsTail: boolean;
}

const hex = (number: number, digits = 0): string => number.toString(16).padStart(digits, '0');

const LATER = {
  resetReason: 'later',
  bootModes: [
    { mask: 0x8, value: 0x8, name: 'SPI_FAST_FLASH_BOOT' },
    { mask: 0x8, value: 0x0, name: 'DOWNLOAD(USB/UART0)' },
  ],
  configLines: ({ wpPin }: ImageHeader) => [`SPIWP:0x${hex(wpPin, 2)}`],
  secureBootV2: ['Valid secure boot key blocks: 0'],
  segmentLength: (bytes: number) => `0x${hex(bytes)}`,
  tellsTail: false,
} as const;

const ROM_TEXTS: Partial<Readonly<Record<ChipName, RomText>>> = {
  esp32: {
    banners: [
      { fromRevision: 0, lines: ['ets Jun  8 2016 00:22:57', ''] },
      { fromRevision: 300, lines: ['ets Jul 29 2019 12:21:46', ''] },
    ],
    resetReason: 'esp32',
    // GPIO0 is bit 4, GPIO2 is bit 3 (ESP32 data sheet, "Strapping Pins").
    bootModes: [
      { mask: 0x10, value: 0x10, name: 'SPI_FAST_FLASH_BOOT' },
      { mask: 0x1f, value: 0x0f, name: 'UART_BOOT(UART0)' },
      { mask: 0x10, value: 0x00, name: 'DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2)' },
    ],
    configLines: ({ wpPin, pinDrives }) => [
      `configsip: 0, SPIWP:0x${hex(wpPin, 2)}`,
      ['clk', 'q', 'd', 'cs0', 'hd', 'wp']
        .map((pin, index) => `${pin}_drv:0x${hex(pinDrives[index] ?? 0, 2)}`)
        .join(','),
    ],
    secureBootV2: ['secure boot v2 enabled'],
    segmentLength: String,
    tellsTail: true,
  },
  esp32s3: { ...LATER, banners: [{ fromRevision: 0, lines: ['ESP-ROM:esp32s3-20210327', 'Build:Mar 27 2021'] }] },
  esp32c3: { ...LATER, banners: [{ fromRevision: 0, lines: ['ESP-ROM:esp32c3-api1-20210207', 'Build:Feb  7 2021'] }] },
};

/** How many times flash is read in a period of its peripheral clock, by the name of the frequency. */
const CLOCK_DIVIDERS: Readonly<Record<string, number>> = { '80m': 1, '40m': 2, '26m': 3, '20m': 4 };

/** What the ROM of `chip` prints. @throws `BOOT_CHIP_UNKNOWN` */
export function romTextOf(chip: Chip): RomText {
  const text = ROM_TEXTS[chip.name];
  if (text === undefined) throw bootError('BOOT_CHIP_UNKNOWN', { chip: chip.label });
  return text;
}

/** The lines up to the one that says why and how the chip boots. */
export function bannerLines(chip: Chip, revision: number, reason: ResetReason, strapping: number): readonly string[] {
  const { banners, resetReason, bootModes } = romTextOf(chip);
  const banner = banners.findLast(({ fromRevision }) => fromRevision <= revision);
  const mode = bootModes.find(({ mask, value }) => (strapping & mask) === value);
  const { code, [resetReason]: name } = RESET_REASONS[reason];
  return [
    ...(banner?.lines ?? []),
    `rst:0x${hex(code)} (${name}),boot:0x${hex(strapping)} (${mode?.name ?? 'INVALID'})`,
  ];
}

/** What the ROM has read in the header of the bootloader. */
export function flashConfigLines(chip: Chip, header: ImageHeader): readonly string[] {
  const mode = SPI_MODES[header.spiMode] ?? String(header.spiMode);
  const frequency = chip.flashFrequencies[header.spiSpeed] ?? '';
  return [...romTextOf(chip).configLines(header), `mode:${mode}, clock div:${CLOCK_DIVIDERS[frequency] ?? 2}`];
}

/** One line for each segment of the bootloader, and the one of its entry point. */
export function loadLines(
  chip: Chip,
  segments: readonly { readonly loadAddress: number; readonly data: Uint8Array }[],
  entryPoint: number,
): readonly string[] {
  const { segmentLength, tellsTail } = romTextOf(chip);
  const lines: string[] = [];
  let end = 24;
  for (const [index, { loadAddress, data }] of segments.entries()) {
    lines.push(`load:0x${hex(loadAddress, 8)},len:${segmentLength(data.length)}`);
    const tail = tailLine(end + 8, data.length);
    if (tellsTail && tail !== undefined && index < segments.length - 1) lines.push(tail);
    end += 8 + data.length;
  }
  return [...lines, `entry 0x${hex(entryPoint, 8)}`];
}

/**
 * The ROM takes the image in rows of 16 bytes. Where a segment leaves 4 bytes of its last row, the header of the next one
 * does not fit, and the ROM says what that row holds: bytes of before the segment, of its end, and the room that is left.
 */
function tailLine(start: number, bytes: number): string | undefined {
  const before = start % 16;
  const fillsRow = before + bytes >= 16;
  const tail = fillsRow ? (start + bytes) % 16 : bytes;
  const held = fillsRow ? 0 : before;
  const room = 16 - held - tail;
  return room === 4 ? `ho ${held} tail ${tail} room ${room}` : undefined;
}
