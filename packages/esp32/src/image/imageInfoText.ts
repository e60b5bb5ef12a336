import { equalBytes, toHex } from '@mkiot/core/bytes/bytes';
import type { Chip } from '../chips/chip.ts';
import type { AppDescription } from './appDescription.ts';
import type { BootloaderDescription } from './bootloaderDescription.ts';
import { imageHash } from './image.ts';
import { appDescriptionOf, bootloaderDescriptionOf, chipOf, memoryTypes, revisionText } from './imageFacts.ts';
import { FLASH_SIZES, SPI_MODES, WP_PIN_UNSET } from './imageHeader.ts';
import type { ParsedImage } from './parseImage.ts';

const PINS = ['clk', 'q', 'd', 'cs0', 'hd', 'wp'];

/** The lines of `esptool image-info` 5.3.1 about an image, from the image header on. @throws `DESCRIPTION_TEXT` */
export async function imageInfoLines(image: ParsedImage): Promise<readonly string[]> {
  const chip = chipOf(image);
  const label = chip?.label ?? 'Unknown chip';
  const app = appDescriptionOf(image);
  const bootloader = bootloaderDescriptionOf(image);
  const sections = [
    section(`${label} Image Header`, headerLines(image, chip)),
    section(`${label} Extended Image Header`, extendedHeaderLines(image, chip)),
    section('Segments Information', segmentLines(image, chip)),
    section(`${label} Image Footer`, await footerLines(image)),
  ];
  if (app !== undefined) sections.push(section('Application Information', appLines(app)));
  else if (bootloader !== undefined) sections.push(section('Bootloader Information', bootloaderLines(bootloader)));
  return sections.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [title, '='.repeat(title.length), ...lines];
}

function headerLines({ header, segments }: ParsedImage, chip: Chip | undefined): readonly string[] {
  const { entryPoint, flashSize, spiSpeed, spiMode } = header;
  const size = FLASH_SIZES[flashSize];
  const frequency = chip?.flashFrequencies[spiSpeed];
  const mode = SPI_MODES[spiMode];
  return [
    'Image version: 1',
    entryPoint === 0 ? 'Entry point not set' : `Entry point: ${hex(entryPoint, 0)}`,
    `Segments: ${segments.length}`,
    size === undefined ? `WARNING: Invalid flash size (${hex(flashSize << 4, 0)})` : `Flash size: ${size}`,
    frequency === undefined ? `WARNING: Invalid flash frequency (${hex(spiSpeed, 0)})` : `Flash freq: ${frequency}`,
    mode === undefined ? `WARNING: Invalid flash mode (${spiMode})` : `Flash mode: ${mode}`,
  ];
}

function extendedHeaderLines({ header }: ParsedImage, chip: Chip | undefined): readonly string[] {
  const drives = PINS.map((pin, index) => `${pin}_drv: ${hex(header.pinDrives[index] ?? 0, 0)}`);
  return [
    `WP pin: ${hex(header.wpPin, 0)}${header.wpPin === WP_PIN_UNSET ? ' (disabled)' : ''}`,
    `Flash pins drive settings: ${drives.join(', ')}`,
    `Chip ID: ${header.chipId} (${chip?.label ?? 'Unknown ID'})`,
    `Minimal chip revision: v${revisionText(header.minRevision)}, (legacy min_rev = ${header.legacyMinRevision})`,
    `Maximal chip revision: v${revisionText(header.maxRevision)}`,
  ];
}

function segmentLines({ segments }: ParsedImage, chip: Chip | undefined): readonly string[] {
  return [
    'Segment   Length   Load addr   File offs  Memory types',
    '-------  -------  ----------  ----------  ------------',
    ...segments.map(({ loadAddress, offset, data }, index) => {
      const number = String(index).padStart(7);
      const types = memoryTypes(chip, loadAddress).join(', ');
      return `${number}  ${hex(data.length, 5)}  ${hex(loadAddress, 8)}  ${hex(offset, 8)}  ${types}`;
    }),
  ];
}

async function footerLines({ checksum, storedHash, hashed }: ParsedImage): Promise<readonly string[]> {
  const { stored, computed } = checksum;
  const verdict = stored === computed ? 'valid' : `invalid - calculated ${hex(computed, 2)}`;
  const lines = [`Checksum: ${hex(stored, 2)} (${verdict})`];
  if (storedHash === undefined) return lines;
  const hash = await imageHash(hashed);
  return [...lines, `Validation hash: ${toHex(hash)} (${equalBytes(hash, storedHash) ? 'valid' : 'invalid'})`];
}

function appLines(app: AppDescription): readonly string[] {
  const pageLine = app.mmuPageSize === 0 ? [] : [`MMU page size: ${Math.floor(2 ** app.mmuPageSize / 1024)} KB`];
  return [
    `Project name: ${app.projectName}`,
    `App version: ${app.version}`,
    `Compile time: ${app.date} ${app.time}`,
    `ELF file SHA256: ${toHex(app.elfSha256)}`,
    `ESP-IDF: ${app.idfVersion}`,
    `Minimal eFuse block revision: ${revisionText(app.minEfuseBlockRevision)}`,
    `Maximal eFuse block revision: ${revisionText(app.maxEfuseBlockRevision)}`,
    ...pageLine,
    `Secure version: ${app.secureVersion}`,
  ];
}

function bootloaderLines({ version, idfVersion, dateTime }: BootloaderDescription): readonly string[] {
  return [`Bootloader version: ${version}`, `ESP-IDF: ${idfVersion}`, `Compile time: ${dateTime}`];
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
