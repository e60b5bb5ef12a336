import { toHex } from '@mkiot/core/bytes/bytes';
import type { EfuseField } from '../chips/chip.ts';
import { type EfuseDump, rawBytes, rawNumber } from './efuseDump.ts';
import { factoryMacCrc } from './macCrc.ts';

export type EfuseValue = boolean | number | string;

/** What espefuse shows as the value of `field`: the meaning where there is one. */
export function efuseValue(dump: EfuseDump, field: EfuseField, fields: readonly EfuseField[]): EfuseValue {
  if (isBytes(field)) return bytesValue(dump, field, fields);
  return numberValue(dump.chip.efuse.keyPurposes, field, wholePurpose(dump, field, fields));
}

/** A value as espefuse prints it. */
export function pythonText(value: EfuseValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** True where a field is bytes and not one number. */
export function isBytes({ kind }: EfuseField): boolean {
  return kind === 'bytes' || kind === 'key' || kind === 'mac';
}

/** What is shown for `raw`. */
export function numberValue(purposes: Readonly<Record<number, string>>, field: EfuseField, raw: number): EfuseValue {
  const meaning = field.meanings[raw];
  if (meaning !== undefined) return meaning;
  switch (field.kind) {
    case 'flag':
      return raw === 1;
    case 'purpose':
      return purposes[raw] ?? 'FORBIDDEN_STATE';
    case 'vref':
      return 1100 + 7 * signMagnitude(raw, field.bits);
    case 'adc':
      return adcPoint(field, raw);
    case 'temperature':
      return signMagnitude(raw, field.bits) * 0.1;
    case 'pin':
      return raw < 30 ? raw : raw + 2;
    default:
      return raw;
  }
}

/** Later chips keep sign and magnitude; the ESP32 keeps the distance from a typical reading as two's complement. */
function adcPoint(field: EfuseField, raw: number): number {
  const typical = ESP32_TYPICAL_READING[field.name];
  if (typical === undefined) return 4 * signMagnitude(raw, field.bits);
  const sign = 2 ** (field.bits - 1);
  return typical + 4 * (raw < sign ? raw : raw - 2 * sign);
}

/** ADC readings at 150 mV and 850 mV: ESP-IDF, components/esp_adc, esp_adc_cal for the ESP32. */
const ESP32_TYPICAL_READING: Readonly<Record<string, number>> = {
  ADC1_TP_LOW: 278,
  ADC2_TP_LOW: 421,
  ADC1_TP_HIGH: 3265,
  ADC2_TP_HIGH: 3406,
};

function signMagnitude(raw: number, bits: number): number {
  const sign = 2 ** (bits - 1);
  return raw < sign ? raw : sign - raw || 0;
}

/** The ESP32-P4 from v3.0 on keeps the fifth bit of a purpose apart. */
function wholePurpose(dump: EfuseDump, field: EfuseField, fields: readonly EfuseField[]): number {
  const high = field.kind === 'purpose' ? fields.find(({ name }) => name === `${field.name}_H`) : undefined;
  const raw = rawNumber(dump, field);
  return high === undefined ? raw : raw + 2 ** field.bits * rawNumber(dump, high);
}

function bytesValue(dump: EfuseDump, field: EfuseField, fields: readonly EfuseField[]): string {
  const bytes = rawBytes(dump, field);
  if (field.kind !== 'mac') return hexBytes(bytes, ' ');
  // The factory burns the last byte first; a custom MAC is burned as it is printed.
  const printed = field.name === 'CUSTOM_MAC' ? bytes : bytes.toReversed();
  const crcField = fields.find(({ name }) => name === `${field.name}_CRC`);
  const check = crcField === undefined ? '(OK)' : crcVerdict(printed, rawNumber(dump, crcField));
  return `${hexBytes(printed, ':')} ${check}`;
}

/** MAC_EUI64, as bytes in the order they are printed: MAC with MAC_EXT in its middle. */
export function eui64(dump: EfuseDump, fields: readonly EfuseField[]): Uint8Array | undefined {
  const mac = fields.find(({ name }) => name === 'MAC');
  const extension = fields.find(({ name }) => name === 'MAC_EXT');
  if (mac === undefined || extension === undefined) return undefined;
  const printed = rawBytes(dump, mac).toReversed();
  return Uint8Array.of(...printed.subarray(0, 3), ...rawBytes(dump, extension).toReversed(), ...printed.subarray(3));
}

export function hexBytes(bytes: Uint8Array, separator: string): string {
  return Array.from(bytes, (byte) => toHex(Uint8Array.of(byte))).join(separator);
}

function crcVerdict(mac: Uint8Array, burned: number): string {
  const computed = factoryMacCrc(mac);
  const shown = `CRC 0x${hex8(burned)}`;
  return computed === burned ? `(${shown} OK)` : `(${shown} invalid - calculated 0x${hex8(computed)})`;
}

function hex8(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
