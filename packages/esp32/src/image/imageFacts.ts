import type { Chip } from '../chips/chip.ts';
import { CHIPS } from '../chips/chips.ts';
import { type AppDescription, parseAppDescription } from './appDescription.ts';
import { type BootloaderDescription, parseBootloaderDescription } from './bootloaderDescription.ts';
import { type Image, SEGMENT_HEADER_BYTES } from './image.ts';
import { IMAGE_HEADER_BYTES } from './imageHeader.ts';

const FIRST_DATA = IMAGE_HEADER_BYTES + SEGMENT_HEADER_BYTES;

/** The chip that an image is for; undefined: one that is not known. */
export function chipOf({ header }: Image): Chip | undefined {
  return Object.values(CHIPS).find(({ imageChipId }) => imageChipId === header.chipId);
}

/** The kinds of memory at an address, all that overlap there. */
export function memoryTypes(chip: Chip | undefined, address: number): readonly string[] {
  const regions = chip?.memory.filter(({ start, end }) => address >= start && address < end) ?? [];
  return regions.map(({ name }) => name);
}

/** @returns undefined where the image is no app. @throws `DESCRIPTION_TEXT` */
export function appDescriptionOf({ segments: [first] }: Image): AppDescription | undefined {
  return first === undefined ? undefined : parseAppDescription(first.data, FIRST_DATA);
}

/** @returns undefined where the image is no bootloader, or one of ESP-IDF before v5.2. @throws `DESCRIPTION_TEXT` */
export function bootloaderDescriptionOf({ segments: [first] }: Image): BootloaderDescription | undefined {
  return first === undefined ? undefined : parseBootloaderDescription(first.data, FIRST_DATA);
}

/** A revision of silicon or of an eFuse block as people write it: 301 is 3.1. */
export function revisionText(revision: number): string {
  return `${Math.floor(revision / 100)}.${revision % 100}`;
}
