// Runs in Node and in a page alike.
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { audit } from '@mkiot/esp32/audit/audit';
import { readFlashDump } from '@mkiot/esp32/audit/flash/readFlashDump';
import { RULES } from '@mkiot/esp32/audit/rules';
import { esp32FlashCipher } from '@mkiot/esp32/flashEncryption/esp32FlashCipher';
import { buildNvs } from '@mkiot/esp32/nvs/buildNvs';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import { PARTITION_TYPES } from '@mkiot/esp32/partitionTable/partition';

const MEGABYTE = 0x100000;
const ROUNDS = 5;

interface AuditCase {
  readonly title: string;
  readonly megabytes: number;
  /** Fills erased flash. */
  readonly fill: (flash: Uint8Array<ArrayBuffer>) => void;
  /** Whether the flash key is given, so that all is decrypted and searched again. */
  readonly isDecrypted: boolean;
  /** Seconds that it may take at most. */
  readonly wanted: { readonly node: number; readonly page: number };
}

const small = { megabytes: 4, wanted: { node: 1, page: 10 } } as const;
const large = { megabytes: 16, wanted: { node: 3, page: 10 } } as const;

export const AUDIT_CASES: readonly AuditCase[] = [
  { title: '4 MB, a device', ...small, fill: fillDevice, isDecrypted: false },
  { title: '16 MB, a device', ...large, fill: fillDevice, isDecrypted: false },
  { title: '16 MB, encrypted whole, with its key', ...large, fill: fillEncrypted, isDecrypted: true },
  { title: '16 MB of noise', ...large, fill: fillNoise, isDecrypted: false },
  { title: '16 MB of text', ...large, fill: fillText, isDecrypted: false },
  { title: '16 MB of digests in hexadecimal', ...large, fill: fillDigests, isDecrypted: false },
];

const key = new Uint8Array(32).map((_, index) => 37 * index + 11);

/** Milliseconds of each round of a case: reading the dump, and all rules. */
export function measureAudit(title: string): readonly number[] {
  const auditCase = AUDIT_CASES.find((one) => one.title === title);
  if (auditCase === undefined) throw new Error(`there is no case "${title}"`);
  const { megabytes, fill, isDecrypted } = auditCase;
  const flash = new Uint8Array(megabytes * MEGABYTE).fill(0xff);
  fill(flash);
  return Array.from({ length: ROUNDS }, () => {
    const startedMs = performance.now();
    const value = readFlashDump(flash, isDecrypted ? { cipher: esp32FlashCipher(key) } : {});
    const subject = { flash: { source: 'flash.bin', value }, publicKeys: [], batch: [] };
    audit(subject, RULES, (ruleId, error) => {
      throw new Error(`the rule ${ruleId} broke`, { cause: error });
    });
    return performance.now() - startedMs;
  });
}

/** Two slots of code, NVS with a password, and data to the end. */
function fillDevice(flash: Uint8Array): void {
  const slot = Math.floor((flash.length - 0x10000) / 3 / 0x10000) * 0x10000;
  const { app, data } = PARTITION_TYPES;
  const places = [
    { name: 'nvs', type: data, subtype: 2, offset: 0x9000, size: 0x5000 },
    { name: 'otadata', type: data, subtype: 0, offset: 0xe000, size: 0x2000 },
    { name: 'app0', type: app, subtype: 0x10, offset: 0x10000, size: slot },
    { name: 'app1', type: app, subtype: 0x11, offset: 0x10000 + slot, size: slot },
    { name: 'spiffs', type: data, subtype: 0x82, offset: 0x10000 + 2 * slot, size: slot },
  ] as const;
  const flags = { encrypted: false, readonly: false, unknownFlags: 0 };
  fillCode(flash.subarray(0x10000));
  fillText(flash.subarray(0x10000 + 2 * slot));
  flash.set(
    buildPartitionTable(
      places.map((place) => ({ ...place, ...flags })),
      true,
    ),
    0x8000,
  );
  const rows = [{ namespace: 'wifi' }, { key: 'pswd', type: 'string', value: 'correct horse' }] as const;
  flash.set(buildNvs(rows, 0x5000), 0x9000);
}

function fillEncrypted(flash: Uint8Array<ArrayBuffer>): void {
  fillDevice(flash);
  esp32FlashCipher(key).encrypt(0, flash);
}

function fillNoise(flash: Uint8Array): void {
  const words = new Uint32Array(flash.buffer, flash.byteOffset, flash.length / 4);
  let state = 1;
  for (let at = 0; at < words.length; at++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    words[at] = state ^ (state << 13) ^ Math.imul(state >>> 7, 0x297a2d39);
  }
}

/** Words of the instruction set, as far as statistics see it: noise in some bytes, a few values in the others. */
function fillCode(flash: Uint8Array): void {
  fillNoise(flash);
  for (let at = 0; at < flash.length; at += 4) flash[at] = 0x20 | ((flash[at] as number) & 7);
}

function fillText(flash: Uint8Array): void {
  repeat(flash, utf8Encode('{"url":"https://example.org/a/b?c=d","id":"bWVhc3VyZWQgdmFsdWVz"}\n'));
}

function fillDigests(flash: Uint8Array): void {
  fillNoise(flash);
  const digits = utf8Encode('0123456789abcdef');
  for (let at = 0; at < flash.length; at++)
    flash[at] = at % 65 === 64 ? 0x0a : (digits[(flash[at] as number) & 15] as number);
}

function repeat(flash: Uint8Array, text: Uint8Array): void {
  for (let at = 0; at + text.length <= flash.length; at += text.length) flash.set(text, at);
}
