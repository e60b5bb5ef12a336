import type { Chip } from '../../chips/chip.ts';
import { CHIPS } from '../../chips/chips.ts';
import { recogniseContent } from '../../content/recogniseContent.ts';
import type { AuditInput } from './auditInput.ts';
import { inputError } from './inputErrors.ts';

/** An input, or an option, that says which chip this is. */
export interface ChipClaim {
  readonly source: string;
  readonly chip: Chip;
}

/** What an input that is no eFuse dump says about the chip; undefined where it says nothing. */
export function chipClaim(input: AuditInput): ChipClaim | undefined {
  const chip = claimedBy(input);
  return chip && { source: input.source, chip };
}

/** The one chip of all claims. @throws `AUDIT_CHIPS_DISAGREE` */
export function agreedChip(claims: readonly ChipClaim[]): Chip | undefined {
  const [first, ...others] = claims;
  const other = others.find(({ chip }) => chip !== first?.chip);
  if (first === undefined || other === undefined) return first?.chip;
  throw inputError('AUDIT_CHIPS_DISAGREE', {
    source: first.source,
    chip: first.chip.label,
    other: other.source,
    otherChip: other.chip.label,
  });
}

function claimedBy(input: AuditInput): Chip | undefined {
  switch (input.kind) {
    case 'sdkconfig':
      return chipCalled(input.value.settings.get('IDF_TARGET')?.value);
    case 'bootLog':
      for (const { text } of input.value.lines) {
        const chip = chipOfRom(text);
        if (chip !== undefined) return chip;
      }
      return undefined;
    case 'contents':
      return chipOfImage(input.value);
    case 'flash':
      return chipOfFlash(input.value);
    default:
      return undefined;
  }
}

/** ROMs later than the first say their chip; the ESP32-C2 says its other name. */
function chipOfRom(line: string): Chip | undefined {
  if (/^ets (?:Jun {2}8 2016|Jul 29 2019)/.test(line)) return CHIPS.esp32;
  const name = /^ESP-ROM:(esp[0-9a-z]+)/.exec(line)?.[1];
  return name === 'esp8684' ? CHIPS.esp32c2 : chipCalled(name);
}

/** A bootloader or the first app in clear. */
function chipOfFlash(flash: Uint8Array): Chip | undefined {
  const offsets = [...new Set(Object.values(CHIPS).map(({ bootloaderOffset }) => bootloaderOffset)), FIRST_APP];
  for (const offset of offsets) {
    const chip = chipOfImage(flash.subarray(offset, offset + HEAD));
    if (chip !== undefined) return chip;
  }
  return undefined;
}

const FIRST_APP = 0x10000;
const HEAD = 0x1000;
/** esp_image_header_t, chip_id. */
const CHIP_ID_OFFSET = 12;

function chipOfImage(image: Uint8Array): Chip | undefined {
  if (recogniseContent(image)?.endsWith('image') !== true) return undefined;
  const id = (image[CHIP_ID_OFFSET] ?? 0) | ((image[CHIP_ID_OFFSET + 1] ?? 0) << 8);
  return Object.values(CHIPS).find(({ imageChipId }) => imageChipId === id);
}

function chipCalled(name: string | undefined): Chip | undefined {
  return Object.values(CHIPS).find((chip) => chip.name === name);
}
