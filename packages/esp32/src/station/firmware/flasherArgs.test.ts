import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlasherArgs } from './flasherArgs.ts';
import { checkParts } from '../prepareFirmware.ts';

test('the files of a build are read with their offsets, lowest first, and the chip that they are for', () => {
  const text = JSON.stringify({
    write_flash_args: ['--flash_mode', 'dio'],
    flash_files: { '0x10000': 'app.bin', '0x8000': 'partition_table/partition-table.bin', '0x1000': 'bootloader.bin' },
    extra_esptool_args: { after: 'hard_reset', chip: 'esp32', stub: true },
  });
  assert.deepEqual(parseFlasherArgs(text, 'flasher_args.json'), {
    chip: 'esp32',
    files: [
      { offset: 0x1000, path: 'bootloader.bin' },
      { offset: 0x8000, path: 'partition_table/partition-table.bin' },
      { offset: 0x10000, path: 'app.bin' },
    ],
  });
});

for (const [what, text] of [
  ['no JSON', '{'],
  ['no object', '[]'],
  ['no files', '{}'],
  ['an empty list of files', '{"flash_files":{}}'],
  ['an offset that is no number', '{"flash_files":{"start":"app.bin"}}'],
  ['a negative offset', '{"flash_files":{"-1":"app.bin"}}'],
  ['a file that is no name', '{"flash_files":{"0x0":7}}'],
] as const) {
  test(`${what} is refused with the name of the file`, () => {
    assert.throws(() => parseFlasherArgs(text, 'build/flasher_args.json'), {
      code: 'FIRMWARE_ARGS_INVALID',
      message: /build\/flasher_args\.json/,
    });
  });
}

test('parts that overlap are refused, and parts that touch are not', () => {
  const part = (name: string, offset: number) => ({ name, offset, bytes: new Uint8Array(0x1000) });
  checkParts([part('b', 0x1000), part('a', 0)], 0x2000);
  assert.throws(() => checkParts([part('b', 0xfff), part('a', 0)], 0x2000), { code: 'FIRMWARE_OVERLAPS' });
});
