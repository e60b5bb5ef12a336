// Modbus Application Protocol Specification V1.1b3, section 6. Numbers are big-endian.

/** Function codes. */
export const FUNCTION = {
  READ_HOLDING_REGISTERS: 0x03,
  READ_INPUT_REGISTERS: 0x04,
  WRITE_SINGLE_REGISTER: 0x06,
  WRITE_MULTIPLE_REGISTERS: 0x10,
} as const;

/** Section 7. */
export const EXCEPTION = {
  ILLEGAL_FUNCTION: 1,
  ILLEGAL_DATA_ADDRESS: 2,
  ILLEGAL_DATA_VALUE: 3,
  SERVER_DEVICE_FAILURE: 4,
} as const;

export type ReadFunction = 3 | 4;

export type ModbusRequest =
  | { readonly function: ReadFunction; readonly address: number; readonly count: number }
  | { readonly function: 6; readonly address: number; readonly value: number }
  | { readonly function: 16; readonly address: number; readonly values: readonly number[] };

export type ModbusResponse =
  | { readonly function: ReadFunction; readonly values: readonly number[] }
  | { readonly function: 6; readonly address: number; readonly value: number }
  | { readonly function: 16; readonly address: number; readonly count: number };

/** What a server could not do. */
export interface ModbusException {
  readonly function: number;
  readonly exception: number;
}

/** Set in the function code of an exception. */
const EXCEPTION_BIT = 0x80;
/** What fits into a PDU of 253 bytes. */
const MOST_READ = 125;
const MOST_WRITTEN = 123;

/** @throws RangeError for what does not fit into a request: that is a mistake of the program */
export function encodeModbusRequest(request: ModbusRequest): Uint8Array<ArrayBuffer> {
  if (request.function === 16) {
    const { function: code, address, values } = request;
    checkCount(values.length, MOST_WRITTEN);
    return Uint8Array.of(code, ...u16s(address, values.length), 2 * values.length, ...u16s(...values));
  }
  if (request.function === 6) return Uint8Array.of(request.function, ...u16s(request.address, request.value));
  checkCount(request.count, MOST_READ);
  return Uint8Array.of(request.function, ...u16s(request.address, request.count));
}

/** What a request asks, or the exception that answers it. */
export function parseModbusRequest(pdu: Uint8Array): ModbusRequest | ModbusException {
  const code = pdu[0] ?? 0;
  const [address = 0, second = 0] = readU16s(pdu.subarray(1, 5));
  const wrong: ModbusException = { function: code, exception: EXCEPTION.ILLEGAL_DATA_VALUE };
  if (code === 3 || code === 4) {
    const isRight = pdu.length === 5 && second >= 1 && second <= MOST_READ;
    return isRight ? { function: code, address, count: second } : wrong;
  }
  if (code === 6) return pdu.length === 5 ? { function: code, address, value: second } : wrong;
  if (code !== 16) return { function: code, exception: EXCEPTION.ILLEGAL_FUNCTION };
  const isRight = second >= 1 && second <= MOST_WRITTEN && pdu[5] === 2 * second && pdu.length === 6 + 2 * second;
  return isRight ? { function: code, address, values: readU16s(pdu.subarray(6)) } : wrong;
}

/** @throws RangeError as {@link encodeModbusRequest} */
export function encodeModbusResponse(response: ModbusResponse | ModbusException): Uint8Array<ArrayBuffer> {
  if ('exception' in response) return Uint8Array.of(response.function | EXCEPTION_BIT, response.exception);
  if (response.function === 6) return Uint8Array.of(response.function, ...u16s(response.address, response.value));
  if (response.function === 16) return Uint8Array.of(response.function, ...u16s(response.address, response.count));
  checkCount(response.values.length, MOST_READ);
  return Uint8Array.of(response.function, 2 * response.values.length, ...u16s(...response.values));
}

/** The answer to `request`; undefined: it is none. */
export function parseModbusResponse(
  pdu: Uint8Array,
  request: ModbusRequest,
): ModbusResponse | ModbusException | undefined {
  const code = pdu[0] ?? 0;
  if (code === (request.function | EXCEPTION_BIT)) {
    return pdu.length === 2 ? { function: request.function, exception: pdu[1] ?? 0 } : undefined;
  }
  if (code !== request.function) return undefined;
  if (request.function === 3 || request.function === 4) {
    const isRight = pdu[1] === 2 * request.count && pdu.length === 2 + 2 * request.count;
    return isRight ? { function: request.function, values: readU16s(pdu.subarray(2)) } : undefined;
  }
  const [address, second] = readU16s(pdu.subarray(1));
  if (pdu.length !== 5 || address !== request.address || second === undefined) return undefined;
  if (request.function === 16) {
    return second === request.values.length ? { function: 16, address, count: second } : undefined;
  }
  return request.function === 6 && second === request.value ? { function: 6, address, value: second } : undefined;
}

function checkCount(count: number, most: number): void {
  if (count < 1 || count > most) throw new RangeError(`${count} registers: a message carries 1 to ${most}`);
}

function u16s(...numbers: readonly number[]): number[] {
  return numbers.flatMap((number) => [(number >>> 8) & 0xff, number & 0xff]);
}

function readU16s(bytes: Uint8Array): number[] {
  return Array.from({ length: bytes.length >>> 1 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0));
}
