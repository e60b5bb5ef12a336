import { referenceFlash } from '@mkiot/board/chip/app/reference/referenceFlash';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS } from '@mkiot/board/chip/models/chipModels';
import { VirtualChip } from '@mkiot/board/chip/virtualChip';
import { SerialServer } from '@mkiot/board/node/chip/serialServer';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { flashEncryptionState } from '@mkiot/esp32/efuse/readFuse';
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCli } from '../../cli.testing.ts';

const MAC = 'a0:b1:c2:d3:e4:f5';
const model = CHIP_MODELS.esp32s3;

/** A blank chip behind a port of the network, and a build for it. */
async function bench(t: TestContext): Promise<{ chip: VirtualChip; folder: string; port: string }> {
  const chip = new VirtualChip({
    model,
    flashCells: erasedFlash(0x400000),
    efuses: factoryEfuses(model, Uint8Array.of(0xa0, 0xb1, 0xc2, 0xd3, 0xe4, 0xf5)),
    clock: systemClock,
    random: randomFillSync,
    aes: portableAes,
    firmwares: {},
  });
  chip.powerOn();
  const server = await SerialServer.open({ port: chip, protocol: 'rfc2217', tcpPort: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'mkiot-provision-'));
  t.after(async () => {
    await server[Symbol.asyncDispose]();
    await chip.powerOff();
    rmSync(folder, { recursive: true });
  });
  const parts = await referenceFlash(model.chip, '1.0.0', { flashEncryption: 'development' });
  const files: Record<string, string> = {};
  for (const { offset, bytes } of parts) {
    files[`0x${offset.toString(16)}`] = `${offset}.bin`;
    writeFileSync(join(folder, `${offset}.bin`), bytes);
  }
  const args = { flash_files: files, extra_esptool_args: { chip: 'esp32s3' } };
  writeFileSync(join(folder, 'flasher_args.json'), JSON.stringify(args));
  return { chip, folder, port: `rfc2217:127.0.0.1:${server.tcpPort}` };
}

test('a build is written to a blank chip as it is, over RFC 2217, and its eFuses stay as they were', async (t) => {
  const { chip, folder, port } = await bench(t);
  const before = chip.efuses.trueBits();
  const { exitCode, stdout, stderr } = await runCli(['provision', '--port', port, '--firmware', folder]);
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match(stdout, /identify +ESP32-S3, MAC a0:b1:c2:d3:e4:f5, 4 MB of flash/);
  assert.match(stdout, /audit +its eFuses before: .*\d/);
  assert.match(stdout, /Done in/);
  assert.equal(chip.flash.read(0, 1)[0], 0xe9);
  assert.deepEqual(chip.efuses.trueBits(), before);
});

test('a profile burns only after the MAC address of the chip was given, and keeps the flash key to its owner', async (t) => {
  const { chip, folder, port } = await bench(t);
  const book = join(folder, 'units');
  const words = ['provision', '--port', port, '--firmware', folder, '--profile', 'development', '--book', book];
  const before = chip.efuses.trueBits();
  for (const [more, given] of [
    [[], {}],
    [['--yes', '00:00:00:00:00:00'], {}],
    [[], { answers: ['yes'] }],
  ] as const) {
    const { exitCode, stderr } = await runCli([...words, ...more], given);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[UNIT_BURN_NOT_CONFIRMED\]/);
    assert.deepEqual(chip.efuses.trueBits(), before);
  }
  assert.ok(!existsSync(book));
  const { exitCode, stdout, stderr } = await runCli([...words, '--yes', MAC, '--json']);
  assert.deepEqual([exitCode, stderr], [0, '']);
  const record = JSON.parse(stdout) as { mac: string; burned: readonly string[] };
  assert.equal(record.mac, MAC);
  assert.ok(record.burned.includes('flash-key'));
  assert.equal(statSync(join(book, 'a0b1c2d3e4f5.key')).mode & 0o777, 0o600);
  assert.equal(flashEncryptionState(chip.efuses.trueBits())?.isOn, true);
});

test('what is missing is told before a chip is looked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mkiot-provision-'));
  writeFileSync(join(folder, 'flasher_args.json'), '{"flash_files":{"0x0":"app.bin"}}');
  writeFileSync(join(folder, 'app.bin'), 'app');
  const run = (...words: readonly string[]) => runCli(['provision', '--port', 'tcp:1', '--firmware', ...words]);
  assert.match((await run(join(folder, 'none'))).stderr, /\[FILE_NOT_READ\]/);
  assert.match((await run(folder, '--profile', 'development')).stderr, /\[BOOK_MISSING\]/);
  assert.match((await run(folder)).stderr, /\[PORT_UNREACHABLE\]/);
  assert.equal((await runCli(['provision', '--port', 'usb', '--firmware', folder])).exitCode, 2);
  rmSync(folder, { recursive: true });
});
