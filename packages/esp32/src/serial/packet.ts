import { concatBytes } from '@mkiot/core/bytes/bytes';

// Requests and responses of the serial loaders (Espressif, esptool documentation, "Serial Protocol").

const REQUEST = 0;
const RESPONSE = 1;
const HEADER_BYTES = 8;
const DATA_HEADER_BYTES = 16;
const CHECKSUM_START = 0xef;

export interface LoaderRequest {
  readonly opcode: number;
  /** Of the payload of a data packet; other requests have any. */
  readonly checksum: number;
  readonly data: Uint8Array;
  /** The length in the header is that of the data. */
  readonly isWhole: boolean;
}

/** @returns undefined where the frame is no request: noise, or a response that somebody echoes */
export function parseRequest(frame: Uint8Array): LoaderRequest | undefined {
  if (frame.length < HEADER_BYTES || frame[0] !== REQUEST) return undefined;
  const view = viewOf(frame);
  const data = frame.subarray(HEADER_BYTES);
  return {
    opcode: view.getUint8(1),
    checksum: view.getUint32(4, true),
    data,
    isWhole: view.getUint16(2, true) === data.length,
  };
}

export function buildRequest(opcode: number, data: Uint8Array, checksum = 0): Uint8Array<ArrayBuffer> {
  return concatBytes(header(REQUEST, opcode, data.length, checksum), data);
}

export interface LoaderResponse {
  readonly opcode: number;
  readonly value: number;
  readonly data: Uint8Array;
}

export function buildResponse({ opcode, value, data }: LoaderResponse): Uint8Array<ArrayBuffer> {
  return concatBytes(header(RESPONSE, opcode, data.length, value), data);
}

/** @returns undefined where the frame is no whole response: noise, or text of the console */
export function parseResponse(frame: Uint8Array): LoaderResponse | undefined {
  if (frame.length < HEADER_BYTES || frame[0] !== RESPONSE) return undefined;
  const view = viewOf(frame);
  const data = frame.subarray(HEADER_BYTES);
  if (view.getUint16(2, true) !== data.length) return undefined;
  return { opcode: view.getUint8(1), value: view.getUint32(4, true), data };
}

/** A piece of what a BEGIN has announced. */
export interface DataPacket {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** @returns undefined where the length in the packet is not that of its payload */
export function parseDataPacket(data: Uint8Array): DataPacket | undefined {
  if (data.length < DATA_HEADER_BYTES) return undefined;
  const view = viewOf(data);
  const payload = data.subarray(DATA_HEADER_BYTES);
  if (view.getUint32(0, true) !== payload.length) return undefined;
  return { sequence: view.getUint32(4, true), payload };
}

export function buildDataPacket({ sequence, payload }: DataPacket): Uint8Array<ArrayBuffer> {
  return concatBytes(wordBytes(payload.length, sequence, 0, 0), payload);
}

/** The checksum of a data packet: the exclusive or of its payload. */
export function payloadChecksum(payload: Uint8Array): number {
  let checksum = CHECKSUM_START;
  for (const byte of payload) checksum ^= byte;
  return checksum;
}

/** The data of a request as words. */
export function wordsOf(data: Uint8Array): readonly number[] {
  const view = viewOf(data);
  return Array.from({ length: data.length >> 2 }, (_, index) => view.getUint32(index * 4, true));
}

/** Words as the data of a request. */
export function wordBytes(...words: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(words.length * 4);
  const view = viewOf(bytes);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
  return bytes;
}

/** Both directions have the same header; its last word is the checksum of a request, the value of a response. */
function header(direction: number, opcode: number, dataBytes: number, word: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = viewOf(bytes);
  view.setUint8(0, direction);
  view.setUint8(1, opcode);
  view.setUint16(2, dataBytes, true);
  view.setUint32(4, word, true);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
