import type { Chip } from '@mkiot/esp32/chips/chip';
import type { EfuseRegisterLayout } from '@mkiot/esp32/chips/efuseRegisters';
import type { SpiRegisterLayout } from '@mkiot/esp32/chips/spiRegisters';
import type { FieldValues } from '../efuse/burnFields.ts';

/** What a virtual chip has beyond what its files and eFuses show. Every difference between chips is a row here. */
export interface ChipModel {
  readonly chip: Chip;
  /** Silicon revision, package and the like: the fields that the factory burns, but the MAC address. */
  readonly factory: FieldValues;
  /** What the strapping pins read at a reset: with the boot button open, and with it held down. */
  readonly strapping: { readonly flash: number; readonly download: number };
  readonly strappingRegister: number;
  /** Holds the divider between crystal and baud rate. */
  readonly uartDividerRegister: number;
  /** Words that are there from the beginning: what tells this chip, or this revision, from others. */
  readonly fixedWords: Readonly<Record<number, number>>;
  readonly efuseRegisters: EfuseRegisterLayout;
  readonly spiRegisters: SpiRegisterLayout;
  readonly loader: LoaderModel;
}

/** In what the serial loader in ROM differs from chip to chip. */
export interface LoaderModel {
  /** It knows GET_SECURITY_INFO. */
  readonly hasSecurityInfo: boolean;
  /** It can write encrypted, and its BEGIN commands say so in a fifth word. */
  readonly writesEncrypted: boolean;
  /** Its eFuse ENABLE_SECURITY_DOWNLOAD leaves only the commands that write flash. */
  readonly hasSecureDownload: boolean;
  /** The eFuse that closes download mode. */
  readonly downloadDisabledField: string;
  /** The eFuse that forbids to write encrypted. */
  readonly encryptDisabledField: string;
  /** With secure boot on, the ROM runs no uploaded code but through this pointer, which READ_FLASH_SLOW calls. */
  readonly flashReadPointer: number | undefined;
}
