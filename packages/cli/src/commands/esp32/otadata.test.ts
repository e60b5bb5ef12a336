import { buildOtadata, OTA_STATES } from '@mkiot/esp32/otadata/otadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../cli.testing.ts';
import { folderWith } from './filesFolder.testing.ts';

const label = new Uint8Array(20).fill(0xff);
const older = { sequence: 3, label, state: OTA_STATES.VALID };
const newer = { sequence: 4, label, state: OTA_STATES.PENDING_VERIFY };
const show = (...words: readonly string[]) => runCli(['esp32', 'otadata', 'show', ...words]);

test('otadata show tells both copies and the slot that boots', async () => {
  await using it = await folderWith({
    both: buildOtadata([older, newer]),
    aborted: buildOtadata([older, { ...newer, state: OTA_STATES.ABORTED }]),
    erased: new Uint8Array(0x2000).fill(0xff),
  });
  assert.equal(
    (await show('--slots', '2', it.path('both'))).stdout,
    'Copy 0: sequence 3, VALID\nCopy 1: sequence 4, PENDING_VERIFY, active\nBoots ota_1.\n',
  );
  const { stdout } = await show('--slots', '2', it.path('aborted'), '--json');
  assert.deepEqual(JSON.parse(stdout), {
    copies: [
      { is: 'written', sequence: 3, state: 'VALID' },
      { is: 'written', sequence: 4, state: 'ABORTED' },
    ],
    active: 0,
    slot: 0,
  });
  assert.match((await show(it.path('both'))).stdout, /--slots/);
  assert.match((await show(it.path('erased'))).stdout, /^Copy 0: erased\nCopy 1: erased\nBoots the factory app/);
});

test('otadata show refuses what is no OTA data', async () => {
  await using it = await folderWith({ short: new Uint8Array(32), zeros: new Uint8Array(0x2000) });
  for (const [words, code, expected] of [
    [[it.path('short')], 'OTADATA_LENGTH', 1],
    [[it.path('zeros')], 'OTADATA_DAMAGED', 1],
    [['--slots', '17', it.path('zeros')], 'ARGUMENT_WRONG', 2],
  ] as const) {
    const { exitCode, stderr } = await show(...words);
    assert.equal(exitCode, expected);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});
