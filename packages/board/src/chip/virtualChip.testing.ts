import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { seededRandom } from '../faults/seededRandom.ts';
import { type FieldValues, fieldBlocks } from './efuse/burnFields.ts';
import { factoryEfuses } from './efuse/factoryEfuses.ts';
import { erasedFlash } from './flash/flashMemory.ts';
import { payloadChecksum } from '@mkiot/esp32/serial/packet';
import { encodeSlip, SlipDecoder } from '@mkiot/esp32/serial/slip';
import { CHIP_MODELS, type VirtualChipName } from './models/chipModels.ts';
import { VirtualChip, type VirtualChipOptions } from './virtualChip.ts';

const MAC: Uint8Array<ArrayBuffer> = Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0x55, 0x66);

export interface BenchOptions extends Partial<Omit<VirtualChipOptions, 'model' | 'efuses'>> {
  readonly chip?: VirtualChipName;
  /** What the factory burns, if not what it burns into new ones. */
  readonly factory?: FieldValues;
  /** What is burned beyond that. */
  readonly burned?: FieldValues;
  readonly flashBytes?: number;
}

/** What a loader answered. */
export interface Answer {
  readonly opcode: number;
  readonly value: number;
  readonly data: Uint8Array;
}

/** A chip in download mode, and a tool that speaks to its loader frame by frame. */
export class LoaderBench {
  readonly chip: VirtualChip;
  readonly clock: VirtualClock = new VirtualClock();
  readonly cells: Uint8Array<ArrayBuffer>;
  /** Frames that came and that nobody has taken. */
  readonly frames: Uint8Array[] = [];
  /** Everything that came, frames and text. */
  readonly heard: number[] = [];
  readonly codeNotRun: number[] = [];
  readonly #slip = new SlipDecoder(0x8000);
  #arrived: (() => void) | undefined;

  constructor({ chip = 'esp32', factory, burned = {}, flashBytes = 0x400000, ...rest }: BenchOptions = {}) {
    const model = CHIP_MODELS[chip];
    const { blocks: fromFactory } = factoryEfuses({ ...model, factory: factory ?? model.factory }, MAC);
    const more = fieldBlocks(model.chip, burned);
    const blocks = fromFactory.map((block, number) => block.map((byte, at) => byte | (more[number]?.[at] ?? 0)));
    this.cells = rest.flashCells ?? erasedFlash(flashBytes);
    this.chip = new VirtualChip({
      model,
      flashCells: this.cells,
      efuses: { chip: model.chip, blocks },
      clock: this.clock,
      random: seededRandom(1),
      aes: portableAes,
      firmwares: {},
      ...rest,
      events: {
        codeNotRun: (entryPoint) => this.codeNotRun.push(entryPoint),
        failed: (error) => {
          throw error;
        },
        ...rest.events,
      },
    });
    this.chip.serial.onBytes = (bytes) => {
      this.heard.push(...bytes);
      this.frames.push(...this.#slip.push(bytes));
      this.#arrived?.();
    };
    this.chip.powerOn(true);
  }

  get text(): string {
    return String.fromCodePoint(...this.heard);
  }

  sendFrame(frame: Uint8Array): void {
    this.chip.serial.write(encodeSlip(frame));
  }

  /** The next frame that comes. */
  async nextFrame(): Promise<Uint8Array> {
    await this.#until(() => this.frames.length > 0);
    return this.frames.shift() as Uint8Array;
  }

  /** Waits until the ROM listens, as after a reset. */
  async ready(): Promise<this> {
    await this.#until(() => this.text.includes('waiting for download'));
    return this;
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** Sends a request and returns the first answer to it. */
  async request(opcode: number, data: Uint8Array, checksum = 0): Promise<Answer> {
    this.sendFrame(requestFrame(opcode, data, checksum));
    const frame = await this.nextFrame();
    const view = new DataView(frame.buffer, frame.byteOffset);
    return { opcode: view.getUint8(1), value: view.getUint32(4, true), data: frame.subarray(8) };
  }

  /** A request whose data are words. */
  command(opcode: number, ...fields: readonly number[]): Promise<Answer> {
    return this.request(opcode, words(...fields));
  }

  packet(opcode: number, sequence: number, payload: Uint8Array): Promise<Answer> {
    return this.request(opcode, dataPacket(sequence, payload), payloadChecksum(payload));
  }

  async readReg(address: number): Promise<number> {
    return (await this.command(0x0a, address)).value;
  }

  async writeReg(address: number, value: number): Promise<void> {
    await this.command(0x09, address, value, 0xffffffff, 0);
  }

  /** Uploads code that greets as a flasher stub does, and takes its greeting. */
  async startStub(): Promise<void> {
    const code = new Uint8Array(64);
    code.set([0x4f, 0x48, 0x41, 0x49], 20);
    const address = this.chip.model.chip.name === 'esp32' ? 0x40088000 : 0x40380000;
    await this.command(0x05, code.length, 1, 0x1800, address);
    await this.packet(0x07, 0, code);
    await this.command(0x06, 0, address);
    await this.nextFrame();
  }
}

function words(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, true);
  return bytes;
}

export function dataPacket(sequence: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...words(payload.length, sequence, 0, 0), ...payload]);
}

export function requestFrame(opcode: number, data: Uint8Array, checksum = 0): Uint8Array<ArrayBuffer> {
  return new Uint8Array([0, opcode, data.length & 0xff, data.length >> 8, ...words(checksum), ...data]);
}
