import { decodeText } from '../bytes/decodeText.ts';
import type { Chip } from '../chips/chip.ts';
import { CHIPS } from '../chips/chips.ts';
import { CODING_SCHEME, type EfuseDump } from './efuseDump.ts';
import { efuseError } from './efuseErrors.ts';
import { parseEmulatorFile } from './emulatorFile.ts';
import { jointDumpBytes, parseJointDump, QEMU_DRIVE_BYTES } from './jointDump.ts';
import { parseDumpText } from './parseDumpText.ts';
import { looksLikeJson, parseSummaryJson } from './parseSummaryJson.ts';
import { parseSummaryText } from './parseSummaryText.ts';
import { chipOfFacts, dumpOfFacts } from './summaryFacts.ts';

/** The longest summaries have 40 kB. */
const MAX_BYTES = 0x40000;

/**
 * Reads eFuses from whatever a maker has: a joint dump or its text, QEMU's eFuse drive, the file of espefuse's emulator, the text of
 * `espefuse summary` of any version, or its JSON.
 *
 * @param chip needed where several chips have files of that length
 * @throws an {@link efuseError}
 */
export function parseEfuseFile(bytes: Uint8Array, chip?: Chip): EfuseDump {
  if (bytes.length > MAX_BYTES) throw efuseError('EFUSE_FILE_UNKNOWN', { bytes: bytes.length });
  const text = decodeText(bytes);
  if (text === '' || typeof text === 'number') return parseBinary(bytes, chip);
  const dumped = parseDumpText(text);
  if (dumped !== undefined) return parseBinary(dumped, chip);
  const facts = looksLikeJson(text) ? parseSummaryJson(text) : parseSummaryText(text);
  if (facts.length === 0) throw efuseError('EFUSE_FILE_UNKNOWN', { bytes: bytes.length });
  return dumpOfFacts(facts, chipOfFacts(facts, chip));
}

function parseBinary(bytes: Uint8Array, chip: Chip | undefined): EfuseDump {
  const candidates = Object.values(CHIPS).filter((candidate) => fits(bytes.length, candidate));
  if (chip === undefined && candidates.length > 1) {
    throw efuseError('EFUSE_CHIP_NEEDED', { candidates: candidates.map(({ label }) => label).join(', ') });
  }
  const given = chip ?? candidates[0];
  if (given === undefined) throw efuseError('EFUSE_FILE_UNKNOWN', { bytes: bytes.length });
  if (bytes.length === given.efuse.windowBytes) return parseEmulatorFile(bytes, given);
  return parseJointDump(bytes, given);
}

function fits(length: number, chip: Chip): boolean {
  if (length === chip.efuse.windowBytes || length === QEMU_DRIVE_BYTES) return true;
  if (length === jointDumpBytes(chip, CODING_SCHEME.none)) return true;
  return chip.efuse.coding === 'by-field' && length === jointDumpBytes(chip, CODING_SCHEME.threeQuarters);
}
