import type { Clock } from '@mkiot/core/clock/clock';
import { encodeModbusFrame, parseModbusFrame } from '../../peripherals/modbus/modbusFrame.ts';
import { encodeModbusRequest, type ModbusRequest, parseModbusResponse } from '../../peripherals/modbus/modbusPdu.ts';
import { Deadline } from '../deadline.ts';
import { driverError } from './driverErrors.ts';
import type { UartPort } from './uartPort.ts';

/** Times in milliseconds. */
export interface ModbusClientSettings {
  /** From the end of a request to the end of its answer. */
  readonly responseTimeoutMs: number;
  /** How often a request is sent before the server is given up. */
  readonly attempts: number;
}

const MODBUS_CLIENT_SETTINGS: ModbusClientSettings = { responseTimeoutMs: 1_000, attempts: 3 };

/**
 * A Modbus RTU client on a UART behind I2C. Silences inside a frame cannot be seen from there: an answer is over when it has
 * as many bytes as it says.
 */
export class ModbusClient {
  readonly #port: UartPort;
  readonly #clock: Clock;
  readonly #settings: ModbusClientSettings;

  constructor(port: UartPort, clock: Clock, settings: ModbusClientSettings = MODBUS_CLIENT_SETTINGS) {
    this.#port = port;
    this.#clock = clock;
    this.#settings = settings;
  }

  /**
   * Reads registers; 4 reads input registers, 3 holding registers.
   *
   * @throws `MODBUS_NO_ANSWER`, `MODBUS_DAMAGED`, `MODBUS_EXCEPTION`, and what the I2C bus throws
   */
  async read(server: number, code: 3 | 4, address: number, count: number): Promise<readonly number[]> {
    const response = await this.#request(server, { function: code, address, count });
    return 'values' in response ? response.values : [];
  }

  /** Writes one register. Throws as `read` does. */
  async writeRegister(server: number, address: number, value: number): Promise<void> {
    await this.#request(server, { function: 6, address, value });
  }

  /** Writes registers, all or none. Throws as `read` does. */
  async writeRegisters(server: number, address: number, values: readonly number[]): Promise<void> {
    await this.#request(server, { function: 16, address, values });
  }

  async #request(
    server: number,
    request: ModbusRequest,
  ): Promise<Exclude<ReturnType<typeof parseModbusResponse>, undefined>> {
    const bytes = encodeModbusFrame({ address: server, pdu: encodeModbusRequest(request) });
    for (let attempt = 1; ; attempt++) {
      this.#port.take();
      await this.#port.write(bytes);
      const answer = await this.#answer();
      const frame = answer.isDamaged ? undefined : parseModbusFrame(answer.bytes);
      const response = frame?.address === server ? parseModbusResponse(frame.pdu, request) : undefined;
      if (response !== undefined && 'exception' in response) {
        throw driverError('MODBUS_EXCEPTION', { server, function: request.function, exception: response.exception });
      }
      if (response !== undefined) return response;
      if (attempt < this.#settings.attempts) continue;
      const { responseTimeoutMs: timeoutMs, attempts } = this.#settings;
      if (answer.bytes.length === 0) throw driverError('MODBUS_NO_ANSWER', { server, timeoutMs, attempts });
      throw driverError('MODBUS_DAMAGED', { server, bytes: answer.bytes.length, attempts });
    }
  }

  async #answer(): Promise<ReturnType<UartPort['take']>> {
    using deadline = new Deadline(this.#clock, this.#settings.responseTimeoutMs);
    while (!deadline.signal.aborted && this.#port.received.length < answerBytes(this.#port.received)) {
      await this.#port.arrival(deadline.signal);
    }
    return this.#port.take();
  }
}

/** How many bytes an answer has, by what of it is there. */
function answerBytes(received: Uint8Array): number {
  const [, code = 0, count = 0] = received;
  if (received.length < 3) return 5;
  if (code >= 0x80) return 5;
  return code === 3 || code === 4 ? 5 + count : 8;
}
