import type { Clock } from '@mkiot/core/clock/clock';
import type { FlashCipher } from '@mkiot/esp32/flashEncryption/flashCipher';
import type { EfuseController } from '../efuse/efuseController.ts';
import type { FlashMemory } from '../flash/flashMemory.ts';
import type { ChipModel } from '../models/chipModel.ts';
import type { RegisterBus } from '../registers/registerBus.ts';
import type { FlashDownload } from './flashDownload.ts';
import type { LoaderDialect } from './loaderStatus.ts';
import type { DataPacket } from '@mkiot/esp32/serial/packet';
import type { RamDownload } from './ramDownload.ts';

/** What the loader works with. */
export interface LoaderHardware {
  readonly model: ChipModel;
  readonly flash: FlashMemory;
  readonly efuses: EfuseController;
  readonly bus: RegisterBus;
  readonly clock: Clock;
  /** Aborted when the chip is reset, or its power goes. */
  readonly signal: AbortSignal;
  /** The cipher of the chip's flash key. */
  readonly flashCipher: () => Promise<FlashCipher>;
  readonly setBaud: (baud: number) => void;
  /** Resets the chip by software: its strapping pins are not read again, so it comes back to the loader in ROM. */
  readonly restart: () => void;
  /** Leaves the loader for what is in flash. */
  readonly runFlash: () => void;
}

/** What a command can do to the loader that runs it. */
export interface LoaderContext {
  readonly hardware: LoaderHardware;
  readonly dialect: LoaderDialect;
  /** As the tool has said; before, all there is. */
  flashBytes: number;
  ram: RamDownload | undefined;
  flash: FlashDownload | undefined;
  /** Hands the chip over to uploaded code with this entry point. */
  runCode(entryPoint: number): void;
  sendFrame(frame: Uint8Array): void;
  /** What the tool sends next; undefined when the chip has lost its power or was reset. */
  nextFrame(): Promise<Uint8Array | undefined>;
  giveBack(frame: Uint8Array): void;
}

export interface LoaderReply {
  /** 0 where the answer is in the data. */
  readonly value?: number;
  readonly data?: Uint8Array;
  /** How many times the tool gets it. */
  readonly times?: number;
  /** What follows once the reply is on the line. */
  readonly after?: () => void | Promise<void>;
}

/** One row of the loaders' commands. */
export interface LoaderCommand {
  /** As Espressif's documentation has it. */
  readonly name: string;
  /** What is possible as length of the data, in bytes. */
  readonly lengths: (bytes: number, context: LoaderContext) => boolean;
  /** @throws LoaderFailure with what the tool is to be told */
  readonly run: (
    context: LoaderContext,
    words: readonly number[],
    packet: DataPacket,
  ) => LoaderReply | void | Promise<LoaderReply | void>;
  /** Its data is a data packet, with length, sequence number and a checksum. */
  readonly hasPacket?: boolean;
}

/** The lengths of data that consists of so many words. */
export function words(...counts: readonly number[]): LoaderCommand['lengths'] {
  return (bytes) => counts.some((count) => bytes === count * 4);
}

/** The lengths of data in which ROM and stub differ. */
export function wordsBy(counts: Readonly<Record<LoaderDialect, readonly number[]>>): LoaderCommand['lengths'] {
  return (bytes, { dialect }) => counts[dialect].some((count) => bytes === count * 4);
}
