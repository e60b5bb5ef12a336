// NXP SC16IS752/SC16IS762 data sheet, Rev. 9: two UARTs with FIFOs and eight GPIOs behind I2C.
import type { Clock } from '@mkiot/core/clock/clock';
import type { BitErrors } from '../../faults/bitErrors.ts';
import type { I2cTarget } from '../i2c/i2cBus.ts';
import { Net } from '../net.ts';
import { IIR, IOCONTROL, REGISTER } from './registers.ts';
import { UartChannel } from './uartChannel.ts';

/** What the chip is built in with. */
export interface Sc16is752Options {
  readonly clock: Clock;
  /** A1 and A0 at GND: 0x4d. */
  readonly address: number;
  readonly crystalHz: number;
  /** What its eight GPIOs lead to; each has a resistor, for they are inputs after a reset. */
  readonly gpios: readonly Net[];
  /** Noise at the receivers of the channels. */
  readonly noise?: { readonly a?: BitErrors | undefined; readonly b?: BitErrors | undefined } | undefined;
}

/** The chip with its pins. Flow control by CTS or characters, modem pins and IrDA are not there: their bits only keep. */
export class Sc16is752 implements I2cTarget {
  readonly address: number;
  /** IRQ#: open drain with a resistor. */
  readonly irq: Net = new Net(true);
  readonly a: UartChannel;
  readonly b: UartChannel;
  readonly #gpios: readonly Net[];
  #ioDirection = 0;
  #ioOutput = 0;
  #ioInterruptEnable = 0;
  #ioControl = 0;
  /** Inputs as they were read last: a difference is an interrupt. */
  #ioRead = 0;
  #selected: { readonly register: number; readonly channel: UartChannel } | undefined;

  constructor(options: Sc16is752Options) {
    const { clock, crystalHz, noise } = options;
    const onInterruptChange = (): void => this.#setIrq();
    this.address = options.address;
    this.#gpios = options.gpios;
    this.a = new UartChannel({ clock, crystalHz, noise: noise?.a, onInterruptChange });
    this.b = new UartChannel({ clock, crystalHz, noise: noise?.b, onInterruptChange });
    for (const gpio of this.#gpios) gpio.onChange(() => this.#setIrq());
    this.reset();
  }

  /** By the RESET# pin, by power or by software. */
  reset(): void {
    [this.#ioDirection, this.#ioOutput, this.#ioInterruptEnable, this.#ioControl] = [0, 0, 0, 0];
    this.#selected = undefined;
    this.#driveGpios();
    this.#ioRead = this.#inputs();
    this.a.reset();
    this.b.reset();
  }

  write(bytes: Uint8Array): boolean {
    const [subAddress = 0] = bytes;
    this.#selected = { register: (subAddress >>> 3) & 0xf, channel: (subAddress & 0b110) === 0 ? this.a : this.b };
    const { register, channel } = this.#selected;
    for (const value of bytes.subarray(1)) {
      // The chip is gone before it could acknowledge.
      if (register === REGISTER.IOCONTROL && (value & IOCONTROL.RESET) !== 0) {
        this.reset();
        return false;
      }
      this.#writeRegister(register, channel, value);
    }
    return true;
  }

  read(count: number): Uint8Array {
    const selected = this.#selected;
    if (selected === undefined) return new Uint8Array(count).fill(0xff);
    return Uint8Array.from({ length: count }, () => this.#readRegister(selected.register, selected.channel));
  }

  #readRegister(register: number, channel: UartChannel): number {
    switch (register) {
      case REGISTER.IODIR:
        return this.#ioDirection;
      case REGISTER.IOSTATE:
        this.#ioRead = this.#inputs();
        this.#setIrq();
        return this.#ioRead;
      case REGISTER.IOINTENA:
        return this.#ioInterruptEnable;
      case REGISTER.IOCONTROL:
        return this.#ioControl;
      case REGISTER.IIR_FCR: {
        const own = channel.read(register);
        return (own & 0x3f) === IIR.NONE && this.#hasGpioInterrupt ? (own & 0xc0) | IIR.GPIO : own;
      }
      default:
        return channel.read(register);
    }
  }

  #writeRegister(register: number, channel: UartChannel, value: number): void {
    switch (register) {
      case REGISTER.IODIR:
        this.#ioDirection = value;
        break;
      case REGISTER.IOSTATE:
        this.#ioOutput = value;
        break;
      case REGISTER.IOINTENA:
        this.#ioInterruptEnable = value;
        break;
      case REGISTER.IOCONTROL:
        this.#ioControl = value;
        break;
      default:
        channel.write(register, value);
        return;
    }
    this.#driveGpios();
    this.#setIrq();
  }

  #driveGpios(): void {
    for (const [index, gpio] of this.#gpios.entries()) {
      const isOutput = ((this.#ioDirection >>> index) & 1) === 1;
      gpio.drive(this, isOutput ? ((this.#ioOutput >>> index) & 1) === 1 : undefined);
    }
  }

  #inputs(): number {
    return this.#gpios.reduce((levels, gpio, index) => levels | (gpio.isHigh ? 1 << index : 0), 0);
  }

  get #hasGpioInterrupt(): boolean {
    return ((this.#inputs() ^ this.#ioRead) & this.#ioInterruptEnable & ~this.#ioDirection) !== 0;
  }

  #setIrq(): void {
    const isQuiet = this.a.interrupt === IIR.NONE && this.b.interrupt === IIR.NONE && !this.#hasGpioInterrupt;
    this.irq.drive(this, isQuiet ? undefined : false);
  }
}
