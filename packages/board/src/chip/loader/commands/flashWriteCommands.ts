import { efuseNumber } from '../../boot/efuseFields.ts';
import { FlashDownload } from '../flashDownload.ts';
import { endOfFlash } from '../flashRange.ts';
import { type LoaderCommand, type LoaderContext, type LoaderReply, words } from '../loaderCommand.ts';
import { type LoaderDialect, LoaderFailure } from '../loaderStatus.ts';
import type { DataPacket } from '@mkiot/esp32/serial/packet';

const PLAIN_WORDS = 4;
const WORDS_WITH_ENCRYPTED = 5;

/** A ROM that can encrypt takes the fifth word always, one that cannot never; stubs of older tools know no fifth word. */
const beginLengths: LoaderCommand['lengths'] = (bytes, { dialect, hardware }) => {
  const { writesEncrypted } = hardware.model.loader;
  if (bytes === WORDS_WITH_ENCRYPTED * 4) return dialect === 'stub' || writesEncrypted;
  return bytes === PLAIN_WORDS * 4 && (dialect === 'stub' || !writesEncrypted);
};

function begin(name: string, isCompressed: boolean): LoaderCommand {
  return {
    name,
    lengths: beginLengths,
    async run(context, [bytes = 0, packets = 0, packetBytes = 0, offset = 0, encrypted = 0]) {
      context.flash?.abandon();
      context.flash = undefined;
      const erasesFirst = context.dialect === 'rom';
      const plan = { bytes, packets, packetBytes, offset, isCompressed, erasesFirst };
      const download = new FlashDownload(context.hardware.flash, endOfFlash(context), plan);
      if (encrypted !== 0) await encrypt(context, download);
      await download.begin();
      context.flash = download;
    },
  };
}

function data(name: string, isCompressed: boolean): LoaderCommand {
  return {
    name,
    lengths: () => true,
    hasPacket: true,
    run: ({ flash, dialect }, _words, packet) => take(openDownload(flash, isCompressed), dialect, packet),
  };
}

/**
 * The ROM writes and then answers. The stub answers at once and writes while the next packet comes, so what goes wrong is told
 * by the answer to that (esp-flasher-stub, `handle_command`, "post-process").
 */
async function take(download: FlashDownload, dialect: LoaderDialect, packet: DataPacket): Promise<LoaderReply> {
  if (dialect === 'stub') return { after: () => download.take(packet) };
  await download.take(packet);
  return {};
}

/** After the last data: a reset; or the ROM goes on to what is in flash, and the stub stays. */
function end(name: string): LoaderCommand {
  return {
    name,
    lengths: words(1),
    run({ flash, hardware, dialect }, [stay]) {
      if (flash === undefined) throw new LoaderFailure('order');
      if (!flash.isComplete) throw new LoaderFailure('tooLittle');
      if (stay === 0) return { after: () => hardware.restart() };
      return dialect === 'rom' ? { after: () => hardware.runFlash() } : {};
    },
  };
}

export const flashBegin: LoaderCommand = begin('FLASH_BEGIN', false);
export const flashData: LoaderCommand = data('FLASH_DATA', false);
export const flashEnd: LoaderCommand = end('FLASH_END');
export const flashDeflBegin: LoaderCommand = begin('FLASH_DEFL_BEGIN', true);
export const flashDeflData: LoaderCommand = data('FLASH_DEFL_DATA', true);
export const flashDeflEnd: LoaderCommand = end('FLASH_DEFL_END');

/** How tools up to esptool v4.11 and v5.1 had their stub write encrypted: it was the data that said so, not the BEGIN. */
export const flashEncryptData: LoaderCommand = {
  name: 'FLASH_ENCRYPT_DATA',
  lengths: () => true,
  hasPacket: true,
  async run(context, _words, packet) {
    const download = openDownload(context.flash, false);
    if (packet.sequence === 0) await encrypt(context, download);
    return take(download, context.dialect, packet);
  },
};

/** @throws LoaderFailure `order` where no BEGIN of this kind was there */
function openDownload(download: FlashDownload | undefined, isCompressed: boolean): FlashDownload {
  if (download === undefined || download.isCompressed !== isCompressed) throw new LoaderFailure('order');
  return download;
}

/** @throws LoaderFailure `flashWrite` where an eFuse forbids it */
async function encrypt({ hardware }: LoaderContext, download: FlashDownload): Promise<void> {
  const { model, efuses, flashCipher } = hardware;
  const isForbidden = efuseNumber(efuses.readable(), model.loader.encryptDisabledField) === 1;
  if (isForbidden) throw new LoaderFailure('flashWrite');
  download.encryptWith(await flashCipher(), model.chip.flashEncryption.writeBytes);
}
