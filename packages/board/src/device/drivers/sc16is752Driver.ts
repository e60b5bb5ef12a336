import { concatBytes } from '@mkiot/core/bytes/bytes';
import { type Clock, delay } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { I2cController } from '../../peripherals/i2c/i2cBus.ts';
import {
  EFCR,
  EFR,
  ENHANCED_REGISTER,
  ENHANCED_SET,
  FCR,
  IER,
  IIR,
  IOCONTROL,
  LCR,
  MCR,
  REGISTER,
  subAddress,
} from '../../peripherals/sc16is752/registers.ts';
import type { UartFormat } from '../../peripherals/uart/uartFormat.ts';
import { driverError } from './driverErrors.ts';
import { UartPort } from './uartPort.ts';

/** A pin that the program reads. */
export interface InputPin {
  readonly isHigh: boolean;
  onChange(listener: (isHigh: boolean) => void): () => void;
}

/** How the chip is built in. */
export interface Sc16is752Wiring {
  readonly i2c: I2cController;
  readonly address: number;
  readonly crystalHz: number;
  readonly irq: InputPin;
  readonly clock: Clock;
}

export type Channel = 'A' | 'B';

const PROBE = 0x5a;
/** The chip is busy with its reset for so long. */
const RESET_MS = 1;
/** Receivers take a difference of two per cent with ease. */
const BAUD_ERROR = 0.02;
/** Interrupt causes for which there is something to do; more at once would be a broken chip. */
const MOST_CAUSES = 64;

/** The program's side of an SC16IS752: it knows the chip by its registers alone. */
export class Sc16is752Driver {
  readonly #wiring: Sc16is752Wiring;
  readonly #ports = new Map<Channel, UartPort>();
  #gpioOutputs = 0;
  #gpioDirections = 0;
  #isServing = false;
  readonly #stopListening: () => void;

  private constructor(wiring: Sc16is752Wiring) {
    this.#wiring = wiring;
    this.#stopListening = wiring.irq.onChange((isHigh) => {
      if (!isHigh) void this.#serve();
    });
  }

  /** Resets the chip and sees whether it is one. @throws `UART_CHIP_SILENT`, `I2C_NO_ACKNOWLEDGE`, `I2C_BUS_STUCK` */
  static async open(wiring: Sc16is752Wiring): Promise<Sc16is752Driver> {
    const driver = new Sc16is752Driver(wiring);
    try {
      await driver.write('A', REGISTER.IOCONTROL, IOCONTROL.RESET);
    } catch (error) {
      // A chip that resets itself has no time to acknowledge.
      if (!(error instanceof MkiotError) || error.code !== 'I2C_NO_ACKNOWLEDGE') throw error;
    }
    await delay(wiring.clock, RESET_MS);
    await driver.write('A', REGISTER.SPR_TLR, PROBE);
    const found = await driver.read('A', REGISTER.SPR_TLR);
    if (found !== PROBE) throw driverError('UART_CHIP_SILENT', { address: wiring.address, found, expected: PROBE });
    return driver;
  }

  /** Listens to its interrupts no more: another driver may open the chip. */
  close(): void {
    this.#stopListening();
  }

  /** Sets a channel up. @param isRs485 RTS# switches the direction of a half-duplex line. @throws `UART_BAUD_IMPOSSIBLE` */
  async channel(channel: Channel, format: UartFormat, isRs485: boolean): Promise<UartPort> {
    const divisor = this.#divisor(format.baud);
    const lineControl = lineControlOf(format);
    const steps: readonly (readonly [register: number, value: number])[] = [
      [REGISTER.LCR, ENHANCED_SET],
      [ENHANCED_REGISTER.EFR, EFR.ENHANCED],
      [REGISTER.LCR, lineControl],
      [REGISTER.MCR, MCR.TCR_TLR],
      [REGISTER.SPR_TLR, 0],
      [REGISTER.LCR, lineControl | LCR.DIVISOR],
      [0, divisor & 0xff],
      [1, divisor >>> 8],
      [REGISTER.LCR, lineControl],
      [REGISTER.IIR_FCR, FCR.ENABLE | FCR.RESET_RECEIVER | FCR.RESET_TRANSMITTER],
      [REGISTER.IIR_FCR, FCR.ENABLE],
      [REGISTER.EFCR, isRs485 ? EFCR.AUTO_RTS : 0],
      [REGISTER.IER, IER.RECEIVED | IER.LINE_STATUS],
    ];
    for (const [register, value] of steps) await this.write(channel, register, value);
    const port = new UartPort({ registers: this, channel, clock: this.#wiring.clock, format });
    this.#ports.set(channel, port);
    return port;
  }

  /** Makes a GPIO an output of this level; the level is there before the direction, so that there is no glitch. */
  async setGpio(index: number, isHigh: boolean): Promise<void> {
    this.#gpioOutputs = (this.#gpioOutputs & ~(1 << index)) | (isHigh ? 1 << index : 0);
    this.#gpioDirections |= 1 << index;
    await this.write('A', REGISTER.IOSTATE, this.#gpioOutputs);
    await this.write('A', REGISTER.IODIR, this.#gpioDirections);
  }

  /** @throws `I2C_NO_ACKNOWLEDGE`, `I2C_BUS_STUCK` */
  async read(channel: Channel, register: number): Promise<number> {
    return (await this.readMany(channel, register, 1))[0] ?? 0;
  }

  /** Throws as `read` does. */
  readMany(channel: Channel, register: number, count: number): Promise<Uint8Array> {
    const { i2c, address } = this.#wiring;
    return i2c.transfer(address, Uint8Array.of(subAddress(register, channel)), count);
  }

  /** Throws as `read` does. */
  async write(channel: Channel, register: number, ...values: readonly number[]): Promise<void> {
    const { i2c, address } = this.#wiring;
    await i2c.transfer(address, concatBytes(Uint8Array.of(subAddress(register, channel)), Uint8Array.from(values)));
  }

  #divisor(baud: number): number {
    const { crystalHz } = this.#wiring;
    const divisor = Math.max(1, Math.round(crystalHz / (16 * baud)));
    const error = Math.abs(crystalHz / (16 * divisor) / baud - 1);
    if (error <= BAUD_ERROR && divisor <= 0xffff) return divisor;
    throw driverError('UART_BAUD_IMPOSSIBLE', { baud, crystalHz, errorPercent: (error * 100).toFixed(1) });
  }

  /** Takes what the channels have until the pin is high again: it tells of a level, not of an edge. */
  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      for (let turn = 0; turn < MOST_CAUSES && !this.#wiring.irq.isHigh; turn++) {
        for (const [channel, port] of this.#ports) {
          const cause = (await this.read(channel, REGISTER.IIR_FCR)) & 0x3f;
          if (cause !== IIR.NONE) await port.serve();
        }
      }
    } catch (error) {
      // Whoever waits for bytes has a time-out; that the bus fails is seen at the next access.
      if (!(error instanceof MkiotError)) throw error;
    } finally {
      this.#isServing = false;
    }
  }
}

function lineControlOf({ dataBits, parity, stopBits }: UartFormat): number {
  const parityBits = { none: 0, odd: LCR.PARITY, even: LCR.PARITY | LCR.EVEN }[parity];
  return (dataBits - 5) | (stopBits === 2 ? LCR.STOP_BITS : 0) | parityBits;
}
