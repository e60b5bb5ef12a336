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

export interface LoaderResponse {
  readonly opcode: number;
  readonly value: number;
  readonly data: Uint8Array;
}

export function buildResponse({ opcode, value, data }: LoaderResponse): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_BYTES);
  const view = viewOf(header);
  view.setUint8(0, RESPONSE);
  view.setUint8(1, opcode);
  view.setUint16(2, data.length, true);
  view.setUint32(4, value, true);
  return concatBytes(header, data);
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

/** The checksum of a data packet: the exclusive or of its payload. */
export function payloadChecksum(payload: Uint8Array): number {
  return payload.reduce((checksum, byte) => checksum ^ byte, CHECKSUM_START);
}

/** The data of a request as words. */
export function wordsOf(data: Uint8Array): readonly number[] {
  const view = viewOf(data);
  return Array.from({ length: data.length >> 2 }, (_, index) => view.getUint32(index * 4, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
