import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { FactoryData } from '@mkiot/core/keyInstall/factoryData';
import type { Aes } from '@mkiot/esp32/aes/aes';
import { isErased } from '@mkiot/esp32/bytes/isErased';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { appError } from './app/appErrors.ts';
import { buildFactoryData, type FactoryEnrolment } from './app/reference/factoryData.ts';
import {
  REFERENCE_FIRMWARE,
  referenceFirmware,
  type ReferenceSurroundings,
} from './app/reference/referenceFirmware.ts';
import {
  type FlashPart,
  REFERENCE_FLASH_BYTES,
  REFERENCE_PARTITIONS,
  referenceFlash,
} from './app/reference/referenceFlash.ts';
import type { BootloaderOptions } from './boot/bootloaderOptions.ts';
import { ConsoleText } from './consoleText.ts';
import type { ChipModel } from './models/chipModel.ts';
import { VirtualChip, type VirtualChipOptions } from './virtualChip.ts';

export interface ReferenceBoardOptions extends ReferenceSurroundings {
  readonly model: ChipModel;
  /** What the flash holds, 4 MB; it is used, not copied. */
  readonly flashCells: Uint8Array<ArrayBuffer>;
  readonly efuses: EfuseDump;
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly aes: Aes;
  /** Of the app that is flashed where flash is blank. */
  readonly firmwareVersion: string;
  readonly flashEncryption: BootloaderOptions['flashEncryption'];
  readonly isThrottled?: boolean | undefined;
  readonly faults?: VirtualChipOptions['faults'];
  readonly events?: VirtualChipOptions['events'];
  /** Told each line of the console, without its colours. */
  readonly onLine: (line: string) => void;
}

const PUBLIC_KEY = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/;

/** A virtual chip that is a reference device, with somebody at its serial port. */
export class ReferenceBoard {
  readonly chip: VirtualChip;
  readonly #options: ReferenceBoardOptions;
  readonly #publicKey = Promise.withResolvers<string>();

  /** The chip is off. @throws `FLASH_SIZE_INVALID`, `EFUSES_OF_OTHER_CHIP` */
  constructor(options: ReferenceBoardOptions) {
    this.#options = options;
    // What keeps it from running is told to whoever waits for its key, and else to `events`.
    this.#publicKey.promise.catch(() => undefined);
    this.chip = new VirtualChip({
      ...options,
      firmwares: { [REFERENCE_FIRMWARE]: referenceFirmware(options) },
      events: {
        ...options.events,
        failed: (error) => {
          this.#publicKey.reject(error);
          options.events?.failed?.(error);
        },
      },
    });
    const console = new ConsoleText(options.onLine);
    let told = '';
    this.chip.serial.onBytes = (bytes) => {
      told = `${told}${console.add(bytes)}`.slice(-1_000);
      const key = PUBLIC_KEY.exec(told)?.[0];
      if (key !== undefined) this.#publicKey.resolve(`${key}\n`);
    };
  }

  /** The public key that the device in factory state tells on its console. */
  get publicKey(): Promise<string> {
    return this.#publicKey.promise;
  }

  /** Puts bootloader, partition table and app into a flash where no bootloader is; false: there is one. @throws `FLASH_TOO_SMALL` */
  async flashIfBlank(): Promise<boolean> {
    const { model, flashCells, firmwareVersion, flashEncryption } = this.#options;
    if (flashCells.length < REFERENCE_FLASH_BYTES) {
      throw appError('FLASH_TOO_SMALL', { bytes: flashCells.length, neededBytes: REFERENCE_FLASH_BYTES });
    }
    const { bootloaderOffset } = model.chip;
    const isBlank = isErased(flashCells.subarray(bootloaderOffset, bootloaderOffset + 0x1000));
    const parts = isBlank ? await referenceFlash(model.chip, firmwareVersion, { flashEncryption }) : [];
    for (const part of parts) this.#put(part);
    return isBlank;
  }

  /** Gives the device a name and a platform, as a factory does, and starts it again. */
  async provision(factory: FactoryData): Promise<void> {
    await this.chip.powerOff();
    this.putFactoryData(factory);
    this.chip.powerOn();
  }

  /** Puts the factory data into a chip that is off. @param enrolment with what the device enrols itself, if it does */
  putFactoryData(factory: FactoryData, enrolment?: FactoryEnrolment): void {
    const partition = REFERENCE_PARTITIONS.find(({ name }) => name === 'fctry');
    if (partition === undefined) throw new TypeError('the reference device has factory data');
    this.#put({ offset: partition.offset, bytes: buildFactoryData(factory, partition.size, enrolment) });
  }

  /** As a programmer does that has the flash on a clip. */
  #put({ offset, bytes }: FlashPart): void {
    this.#options.flashCells.set(bytes, offset);
    this.#options.events?.flashChanged?.(offset, bytes.length);
  }
}
