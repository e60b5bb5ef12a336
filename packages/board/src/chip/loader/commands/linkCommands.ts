import { LoaderFailure } from '../loaderStatus.ts';
import { type LoaderCommand, words, wordsBy } from '../loaderCommand.ts';

/** What the ROM says to SYNC; a tool takes 0 for a stub that runs already. */
const ROM_SYNC_VALUE = 0x20120707;
const SYNC_ANSWERS = 8;
const FASTEST_BAUD = 5_000_000;

export const sync: LoaderCommand = {
  name: 'SYNC',
  lengths: words(9),
  run({ dialect }, [magic]) {
    if (magic !== ROM_SYNC_VALUE) throw new LoaderFailure('parameter');
    return { value: dialect === 'rom' ? ROM_SYNC_VALUE : 0, times: SYNC_ANSWERS };
  },
};

export const changeBaudrate: LoaderCommand = {
  name: 'CHANGE_BAUDRATE',
  lengths: words(2),
  run({ hardware }, [baud = 0]) {
    if (baud === 0 || baud > FASTEST_BAUD) throw new LoaderFailure('parameter');
    return { after: () => hardware.setBaud(baud) };
  },
};

/** Which pins the flash is at: there is one, wherever the tool says. */
export const spiAttach: LoaderCommand = {
  name: 'SPI_ATTACH',
  lengths: wordsBy({ rom: [2], stub: [1, 2] }),
  run: () => {},
};

/** The sizes of a flash's units are what all flashes have. */
const UNITS = [0x10000, 0x1000, 0x100] as const;

export const spiSetParams: LoaderCommand = {
  name: 'SPI_SET_PARAMS',
  lengths: words(6),
  run(context, [, bytes = 0, ...units]) {
    if (bytes === 0 || UNITS.some((unit, index) => units[index] !== unit)) throw new LoaderFailure('parameter');
    context.flashBytes = bytes;
  },
};
