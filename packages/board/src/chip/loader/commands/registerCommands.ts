import { delay } from '@mkiot/core/clock/clock';
import { type LoaderCommand, words } from '../loaderCommand.ts';
import { LoaderFailure } from '../loaderStatus.ts';

const WORDS_A_WRITE = 4;

export const readReg: LoaderCommand = {
  name: 'READ_REG',
  lengths: words(1),
  run: ({ hardware }, [address = 0]) => ({ value: hardware.bus.read(checkAddress(address)) }),
};

/** Address, value, mask and a delay in microseconds, as often as wanted. */
export const writeReg: LoaderCommand = {
  name: 'WRITE_REG',
  lengths: (bytes) => bytes > 0 && bytes % (WORDS_A_WRITE * 4) === 0,
  async run({ hardware }, all) {
    for (let at = 0; at < all.length; at += WORDS_A_WRITE) {
      const [address = 0, value = 0, mask = 0, delayUs = 0] = all.slice(at, at + WORDS_A_WRITE);
      if (delayUs > 0) await delay(hardware.clock, delayUs / 1_000, hardware.signal);
      if (hardware.signal.aborted) return;
      hardware.bus.update(checkAddress(address), value, mask);
    }
  },
};

function checkAddress(address: number): number {
  if (address % 4 !== 0) throw new LoaderFailure('parameter');
  return address;
}
