import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Aes } from '@mkiot/esp32/aes/aes';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import type { FirmwareRegistry } from './app/firmware.ts';
import { BootConsole } from './boot/bootConsole.ts';
import type { BootHardware } from './boot/bootHardware.ts';
import { efuseNumber } from './boot/efuseFields.ts';
import { chipFlashCipher } from './boot/flashKey.ts';
import type { ResetReason } from './boot/resetReason.ts';
import { printBanner } from './boot/rom.ts';
import { EfuseController } from './efuse/efuseController.ts';
import type { EfuseFaults } from './efuse/efuseFaults.ts';
import type { FlashFaults } from './flash/flashFaults.ts';
import { FlashMemory } from './flash/flashMemory.ts';
import { type FlashModel, W25Q_JV } from './flash/flashModel.ts';
import { FLASH_TIMINGS } from './flash/flashTiming.ts';
import { SpiFlash } from './flash/spiFlash.ts';
import { type LoaderEvents, SerialLoader } from './loader/serialLoader.ts';
import type { ChipModel } from './models/chipModel.ts';
import { Power } from './power.ts';
import { EfuseRegisters } from './registers/efuseRegisters.ts';
import { RegisterBus } from './registers/registerBus.ts';
import { SpiRegisters } from './registers/spiRegisters.ts';
import { runFromFlash } from './runFromFlash.ts';
import { AutoReset, type ControlLines } from './serial/autoReset.ts';
import type { LineFaults } from './serial/lineFaults.ts';
import { DEFAULT_BAUD, type SerialEnd, SerialLine } from './serial/serialLine.ts';

/** The clock of UART0 in the ROM: the crystal of 40 MHz. */
const CRYSTAL_HZ = 40_000_000;

export interface VirtualChipOptions {
  readonly model: ChipModel;
  /** What the flash holds; it is used, not copied. */
  readonly flashCells: Uint8Array<ArrayBuffer>;
  /** The true bits of the eFuses; of a new chip `factoryEfuses`. */
  readonly efuses: EfuseDump;
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly aes: Aes;
  /** The programs that images in flash can name. */
  readonly firmwares: FirmwareRegistry;
  readonly flashModel?: FlashModel | undefined;
  /** Flash and serial line take the times that they take. */
  readonly isThrottled?: boolean | undefined;
  readonly faults?: ChipFaults | undefined;
  readonly events?: ChipEvents | undefined;
}

export interface ChipFaults {
  readonly flash?: FlashFaults | undefined;
  readonly efuse?: EfuseFaults | undefined;
  readonly line?: LineFaults | undefined;
}

export interface ChipEvents extends LoaderEvents {
  readonly flashChanged?: ((address: number, length: number) => void) | undefined;
  readonly efusesChanged?: (() => void) | undefined;
  /** A program on the chip ended with an error that is none of the chip's: a fault of ours, or of the program. */
  readonly failed?: ((error: unknown) => void) | undefined;
}

/**
 * A chip with its flash on a board that has a boot button and a serial port, with the circuit by which tools reset it. It is
 * off until `powerOn`. After each reset it boots from flash, or where the boot button is held down it waits for a tool.
 */
export class VirtualChip {
  readonly model: ChipModel;
  readonly flash: FlashMemory;
  readonly efuses: EfuseController;
  readonly #options: VirtualChipOptions;
  readonly #power = new Power();
  readonly #line: SerialLine;
  readonly #autoReset: AutoReset;
  readonly #spiFlash: SpiFlash;
  readonly #bootHardware: BootHardware;
  /** Aborted when what runs on the chip ends: by a reset, or with the power. */
  #run = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @throws `FLASH_SIZE_INVALID`, `EFUSES_OF_OTHER_CHIP` */
  constructor(options: VirtualChipOptions) {
    const {
      model,
      flashCells,
      efuses,
      clock,
      random,
      aes,
      flashModel = W25Q_JV,
      isThrottled = false,
      faults,
    } = options;
    const power = this.#power;
    power.cut();
    const timing = isThrottled ? flashModel.timing : FLASH_TIMINGS.unthrottled;
    const { flashChanged: onChange, efusesChanged } = options.events ?? {};
    this.#options = options;
    this.model = model;
    this.flash = new FlashMemory({ cells: flashCells, timing, clock, power, faults: faults?.flash, onChange });
    this.efuses = new EfuseController({
      chip: model.chip,
      power,
      burned: efuses,
      faults: faults?.efuse,
      onChange: efusesChanged,
    });
    this.#spiFlash = new SpiFlash(this.flash, flashModel);
    this.#line = new SerialLine({ clock, isThrottled, faults: faults?.line });
    this.#autoReset = new AutoReset(
      clock,
      () => this.#stop(),
      (isBootPressed) => this.#start('power-on', isBootPressed),
    );
    const output = (bytes: Uint8Array): void => this.#line.chip.write(bytes);
    this.#bootHardware = { flash: this.flash, efuse: this.efuses, clock, random, aes, output, input: this.#line.chip };
  }

  /** The other end of the chip's serial line. */
  get serial(): SerialEnd {
    return this.#line.host;
  }

  get isOn(): boolean {
    return this.#power.isOn;
  }

  /** @param isBootPressed somebody holds the boot button down: the chip waits for a tool instead of booting */
  powerOn(isBootPressed: boolean = this.#autoReset.isBootPressed): void {
    if (this.isOn) return;
    this.#power.on();
    this.#start('power-on', isBootPressed);
  }

  /** Cuts the power at once, whatever the chip is doing; resolves when all of it has come to rest. */
  async powerOff(): Promise<void> {
    this.#power.cut();
    this.#autoReset.cancel();
    this.#stop();
    await this.#running;
  }

  /** Sets the control lines of the serial port, as tools do to reset the chip. */
  setControlLines(change: Partial<ControlLines>): void {
    this.#autoReset.set(change);
  }

  #stop(): void {
    this.#run.abort();
    this.#line.drop();
    this.#line.chip.onBytes = undefined;
  }

  #start(reason: ResetReason, isBootPressed: boolean): void {
    if (!this.isOn) return;
    this.#stop();
    this.#run = new AbortController();
    const signal = AbortSignal.any([this.#run.signal, this.#power.signal]);
    this.#line.chip.baud = DEFAULT_BAUD;
    // What ran before comes to rest first: two programs never have the chip at once.
    this.#running = this.#running
      .then(() => (signal.aborted ? undefined : this.#boot(reason, isBootPressed, signal)))
      .catch((error: unknown) => this.#options.events?.failed?.(error));
  }

  async #boot(reason: ResetReason, isBootPressed: boolean, signal: AbortSignal): Promise<void> {
    this.efuses.reload();
    const { strapping, loader } = this.model;
    const isDownloadClosed = efuseNumber(this.efuses.readable(), loader.downloadDisabledField) === 1;
    if (isBootPressed && !isDownloadClosed) return this.#download(reason, signal);
    const { firmwares } = this.#options;
    const pins = isBootPressed ? strapping.download : strapping.flash;
    return runFromFlash(this.#bootHardware, { reason, strapping: pins, firmwares, signal });
  }

  /** The ROM waits for a tool on the serial line. */
  async #download(reason: ResetReason, signal: AbortSignal): Promise<void> {
    const { clock, aes } = this.#options;
    const { model, flash, efuses } = this;
    const { chip: line } = this.#line;
    const console = new BootConsole(this.#bootHardware.output, clock);
    printBanner(this.#bootHardware, console, reason, model.strapping.download);
    console.line('waiting for download');
    // The ROM measures the speed at which a tool speaks to it.
    line.baud = undefined;
    const restart = (): void => this.#start('software', true);
    const runFlash = (): void => this.#start('software', false);
    const setBaud = (baud: number): void => {
      line.baud = baud;
    };
    const flashCipher = () => chipFlashCipher(efuses, aes);
    const hardware = {
      model,
      flash,
      efuses,
      bus: this.#newBus(),
      clock,
      signal,
      flashCipher,
      setBaud,
      restart,
      runFlash,
    };
    const serialLoader = new SerialLoader(hardware, (bytes) => line.write(bytes), this.#options.events);
    line.onBytes = (bytes) => serialLoader.receive(bytes);
    await serialLoader.run();
  }

  #newBus(): RegisterBus {
    const { strapping, strappingRegister, uartDividerRegister, fixedWords, efuseRegisters, spiRegisters } = this.model;
    const parts = [new EfuseRegisters(this.efuses, efuseRegisters), new SpiRegisters(this.#spiFlash, spiRegisters)];
    const baud = this.#line.host.baud ?? DEFAULT_BAUD;
    return new RegisterBus(parts, {
      ...fixedWords,
      [strappingRegister]: strapping.download,
      [uartDividerRegister]: Math.floor(CRYSTAL_HZ / baud),
    });
  }
}
