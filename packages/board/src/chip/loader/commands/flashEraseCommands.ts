import { BLOCK_BYTES, SECTOR_BYTES } from '../../flash/flashMemory.ts';
import { checkFlashRange } from '../flashRange.ts';
import { type LoaderCommand, words } from '../loaderCommand.ts';
import { LoaderFailure } from '../loaderStatus.ts';

export const eraseFlash: LoaderCommand = {
  name: 'ERASE_FLASH',
  lengths: words(0),
  run: ({ hardware }) => hardware.flash.eraseAll(),
};

export const eraseRegion: LoaderCommand = {
  name: 'ERASE_REGION',
  lengths: words(2),
  async run(context, [offset = 0, length = 0]) {
    if (offset % SECTOR_BYTES !== 0 || length % SECTOR_BYTES !== 0) throw new LoaderFailure('parameter');
    checkFlashRange(context, offset, length, 'flashWrite');
    const { flash } = context.hardware;
    const end = offset + length;
    for (let at = offset; at < end;) {
      const takesBlock = at % BLOCK_BYTES === 0 && end - at >= BLOCK_BYTES;
      await (takesBlock ? flash.eraseBlock(at) : flash.eraseSector(at));
      at += takesBlock ? BLOCK_BYTES : SECTOR_BYTES;
    }
  },
};
