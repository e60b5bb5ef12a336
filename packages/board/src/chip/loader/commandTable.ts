import type { LoaderModel } from '../models/chipModel.ts';
import { eraseFlash, eraseRegion } from './commands/flashEraseCommands.ts';
import { readFlash, readFlashSlow, spiFlashMd5 } from './commands/flashReadCommands.ts';
import {
  flashBegin,
  flashData,
  flashDeflBegin,
  flashDeflData,
  flashDeflEnd,
  flashEncryptData,
  flashEnd,
} from './commands/flashWriteCommands.ts';
import { changeBaudrate, spiAttach, spiSetParams, sync } from './commands/linkCommands.ts';
import { memBegin, memData, memEnd } from './commands/memoryCommands.ts';
import { readReg, writeReg } from './commands/registerCommands.ts';
import { getSecurityInfo } from './commands/securityCommands.ts';
import { runUserCode } from './commands/stubCommands.ts';
import type { LoaderCommand } from './loaderCommand.ts';
import type { LoaderDialect } from './loaderStatus.ts';

interface Row {
  readonly command: LoaderCommand;
  /** Who knows it. Some chips lack GET_SECURITY_INFO, whatever stands here. */
  readonly in: 'both' | LoaderDialect;
  /** It works in secure download mode. */
  readonly isSecure: boolean;
}

/** The commands by their opcode (Espressif, esptool documentation, "Serial Protocol", "Commands"). */
const COMMANDS: Readonly<Record<number, Row>> = {
  0x02: { command: flashBegin, in: 'both', isSecure: true },
  0x03: { command: flashData, in: 'both', isSecure: true },
  0x04: { command: flashEnd, in: 'both', isSecure: true },
  0x05: { command: memBegin, in: 'both', isSecure: false },
  0x06: { command: memEnd, in: 'both', isSecure: false },
  0x07: { command: memData, in: 'both', isSecure: false },
  0x08: { command: sync, in: 'both', isSecure: true },
  0x09: { command: writeReg, in: 'both', isSecure: false },
  0x0a: { command: readReg, in: 'both', isSecure: false },
  0x0b: { command: spiSetParams, in: 'both', isSecure: true },
  0x0d: { command: spiAttach, in: 'both', isSecure: true },
  0x0e: { command: readFlashSlow, in: 'rom', isSecure: false },
  0x0f: { command: changeBaudrate, in: 'both', isSecure: true },
  0x10: { command: flashDeflBegin, in: 'both', isSecure: false },
  0x11: { command: flashDeflData, in: 'both', isSecure: false },
  0x12: { command: flashDeflEnd, in: 'both', isSecure: false },
  0x13: { command: spiFlashMd5, in: 'both', isSecure: false },
  0x14: { command: getSecurityInfo, in: 'both', isSecure: true },
  0xd0: { command: eraseFlash, in: 'stub', isSecure: false },
  0xd1: { command: eraseRegion, in: 'stub', isSecure: false },
  0xd2: { command: readFlash, in: 'stub', isSecure: false },
  0xd3: { command: runUserCode, in: 'stub', isSecure: false },
  0xd4: { command: flashEncryptData, in: 'stub', isSecure: false },
};

/**
 * The command of an opcode, as this loader knows it.
 *
 * @param isSecureDownload secure download mode, which the ROM obeys; a stub that runs already does not ask
 */
export function commandOf(
  opcode: number,
  dialect: LoaderDialect,
  model: LoaderModel,
  isSecureDownload: boolean,
): LoaderCommand | undefined {
  const row = Object.hasOwn(COMMANDS, opcode) ? COMMANDS[opcode] : undefined;
  if (row === undefined || (row.in !== 'both' && row.in !== dialect)) return undefined;
  if (row.command === getSecurityInfo && !model.hasSecurityInfo) return undefined;
  return dialect === 'rom' && isSecureDownload && !row.isSecure ? undefined : row.command;
}
