// Modbus over Serial Line V1.02, section 2.5.1: the RTU mode.
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { characterMs, type UartFormat } from '../uart/uartFormat.ts';
import { modbusCrc16 } from './crc16.ts';

/** A message between a client and the server with this address; 0 speaks to all, and nobody answers. */
export interface ModbusFrame {
  readonly address: number;
  readonly pdu: Uint8Array;
}

export const BROADCAST = 0;
/** Address, function and CRC. */
const LEAST_BYTES = 4;
const MOST_BYTES = 256;

/** The bytes on the line: address, PDU, CRC with its low byte first. */
export function encodeModbusFrame({ address, pdu }: ModbusFrame): Uint8Array<ArrayBuffer> {
  const bytes = concatBytes(Uint8Array.of(address), pdu);
  const crc = modbusCrc16(bytes);
  return concatBytes(bytes, Uint8Array.of(crc & 0xff, crc >>> 8));
}

/** What stands between two silences; undefined: it is no frame, or noise has changed it. */
export function parseModbusFrame(bytes: Uint8Array): ModbusFrame | undefined {
  if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) return undefined;
  const content = bytes.subarray(0, -2);
  const crc = modbusCrc16(content);
  if (bytes.at(-2) !== (crc & 0xff) || bytes.at(-1) !== crc >>> 8) return undefined;
  return { address: content[0] ?? 0, pdu: content.slice(1) };
}

/** Silences in milliseconds: longer than `withinMs` must not be inside a frame, `betweenMs` ends it. */
export interface ModbusSilence {
  readonly withinMs: number;
  readonly betweenMs: number;
}

/** 1.5 and 3.5 characters up to 19200 baud; above that fixed times spare the receivers (2.5.1.1). */
export function modbusSilence(format: UartFormat): ModbusSilence {
  if (format.baud > 19_200) return { withinMs: 0.75, betweenMs: 1.75 };
  const character = characterMs(format);
  return { withinMs: 1.5 * character, betweenMs: 3.5 * character };
}
