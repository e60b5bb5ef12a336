import { type LoaderCommand, words } from '../loaderCommand.ts';

/** Leaves the stub for what is in flash, without an answer. */
export const runUserCode: LoaderCommand = {
  name: 'RUN_USER_CODE',
  lengths: words(0),
  run: ({ hardware }) => ({ times: 0, after: () => hardware.runFlash() }),
};
