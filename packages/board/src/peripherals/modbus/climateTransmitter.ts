// XY-MD02, a temperature and humidity transmitter for 5 to 30 V: its manual, "MODBUS protocol".
import { EXCEPTION, FUNCTION, type ModbusException, type ModbusRequest, type ModbusResponse } from './modbusPdu.ts';
import type { ModbusDevice } from './modbusServer.ts';
import { format8n1, type UartFormat } from '../uart/uartFormat.ts';

/** Input registers, in tenths, signed. */
export const CLIMATE_INPUT = { TEMPERATURE: 0x0001, HUMIDITY: 0x0002 } as const;

/** Holding registers. Address and baud rate count from the next power-on. */
export const CLIMATE_HOLDING = {
  ADDRESS: 0x0101,
  BAUD_RATE: 0x0102,
  TEMPERATURE_CORRECTION: 0x0103,
  HUMIDITY_CORRECTION: 0x0104,
} as const;

/** What the values of the register BAUD_RATE stand for. */
const BAUD_RATES: readonly number[] = [9_600, 14_400, 19_200];

/** What each holding register takes, as signed numbers, and what it leaves the factory with. */
const HOLDING: readonly { readonly register: number; readonly min: number; readonly max: number; factory: number }[] = [
  { register: CLIMATE_HOLDING.ADDRESS, min: 1, max: 247, factory: 1 },
  { register: CLIMATE_HOLDING.BAUD_RATE, min: 0, max: BAUD_RATES.length - 1, factory: 0 },
  { register: CLIMATE_HOLDING.TEMPERATURE_CORRECTION, min: -100, max: 100, factory: 0 },
  { register: CLIMATE_HOLDING.HUMIDITY_CORRECTION, min: -100, max: 100, factory: 0 },
];

/** What surrounds the transmitter. */
export interface Climate {
  /** Degrees Celsius. */
  temperature(): number;
  /** Per cent. */
  humidity(): number;
}

/** The transmitter without its line: registers that measure what surrounds it. */
export class ClimateTransmitter implements ModbusDevice {
  readonly answersAfterMs = 10;
  readonly #climate: Climate;
  readonly #holding = new Map<number, number>(HOLDING.map(({ register, factory }) => [register, factory]));
  #address = 1;
  #format: UartFormat = format8n1(9_600);

  constructor(climate: Climate) {
    this.#climate = climate;
  }

  get address(): number {
    return this.#address;
  }

  get format(): UartFormat {
    return this.#format;
  }

  /** Power comes: what was set as address and baud rate counts from now on. */
  start(): void {
    this.#address = this.#held(CLIMATE_HOLDING.ADDRESS);
    this.#format = format8n1(BAUD_RATES[this.#held(CLIMATE_HOLDING.BAUD_RATE)] ?? 9_600);
  }

  answer(request: ModbusRequest): ModbusResponse | ModbusException {
    if (request.function === FUNCTION.WRITE_SINGLE_REGISTER) {
      return this.#write(request.function, request.address, [request.value]) ?? request;
    }
    if (request.function === FUNCTION.WRITE_MULTIPLE_REGISTERS) {
      const { function: code, address, values } = request;
      return this.#write(code, address, values) ?? { function: code, address, count: values.length };
    }
    return this.#read(request.function, request.address, request.count);
  }

  #read(code: 3 | 4, address: number, count: number): ModbusResponse | ModbusException {
    const registers = Array.from({ length: count }, (_, index) => address + index);
    const values = registers.map((register) => (code === 4 ? this.#measured(register) : this.#holding.get(register)));
    if (values.includes(undefined)) return { function: code, exception: EXCEPTION.ILLEGAL_DATA_ADDRESS };
    return { function: code, values: values.map((value = 0) => value & 0xffff) };
  }

  /** All or nothing. */
  #write(code: number, address: number, values: readonly number[]): ModbusException | undefined {
    const rows = values.map((_, index) => HOLDING.find(({ register }) => register === address + index));
    for (const [index, row] of rows.entries()) {
      if (row === undefined) return { function: code, exception: EXCEPTION.ILLEGAL_DATA_ADDRESS };
      const value = signed(values[index] ?? 0);
      if (value < row.min || value > row.max) return { function: code, exception: EXCEPTION.ILLEGAL_DATA_VALUE };
    }
    for (const [index, value] of values.entries()) this.#holding.set(address + index, signed(value));
    return undefined;
  }

  #measured(register: number): number | undefined {
    if (register === CLIMATE_INPUT.TEMPERATURE) {
      return Math.round(this.#climate.temperature() * 10) + this.#held(CLIMATE_HOLDING.TEMPERATURE_CORRECTION);
    }
    if (register !== CLIMATE_INPUT.HUMIDITY) return undefined;
    const humidity = Math.round(this.#climate.humidity() * 10) + this.#held(CLIMATE_HOLDING.HUMIDITY_CORRECTION);
    return Math.min(1_000, Math.max(0, humidity));
  }

  #held(register: number): number {
    return this.#holding.get(register) ?? 0;
  }
}

/** Registers have 16 bits, two's complement. */
export function signed(register: number): number {
  return (register << 16) >> 16;
}
