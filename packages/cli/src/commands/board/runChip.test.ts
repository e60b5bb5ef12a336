import { parseEmulatorFile } from '@mkiot/esp32/efuse/emulatorFile';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { wants } from '../../../../../test/support/wants.ts';
import { runCli, type TestResult } from '../../cli.testing.ts';

const SYNC = Buffer.from(`c0000824000000000007071220${'55'.repeat(32)}c0`, 'hex');
const SYNC_ANSWER = Buffer.from('c0010804000707122000000000c0', 'hex');
const TIMEOUT_MS = 20_000;

/** A folder for files of a chip. */
async function chipFolder() {
  const path = await mkdtemp(join(tmpdir(), 'mkiot-chip-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** A board on a virtual chip that runs until it is disposed of. */
class RunningChip implements AsyncDisposable {
  readonly #end = new AbortController();
  readonly #result: Promise<TestResult>;
  #stdout = '';
  #printed: () => void = () => {};

  constructor(...words: readonly string[]) {
    const onOutput = (stdout: string): void => {
      this.#stdout = stdout;
      this.#printed();
    };
    this.#result = runCli(['board', 'run', ...words], { signal: this.#end.signal, onOutput });
  }

  /** What `pattern` captures first, as soon as it is printed. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#stdout);
      if (found !== null) return found[1] ?? found[0];
      const more = new Promise<void>((resolve) => (this.#printed = resolve));
      const ended = await Promise.race([more, this.#result]);
      if (ended !== undefined) throw new Error(`the command ended: ${ended.stderr}`);
    }
  }

  async connect(): Promise<Socket> {
    const port = Number(await this.printed(/:\/\/127\.0\.0\.1:(\d+)/));
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  stop(): Promise<TestResult> {
    this.#end.abort();
    return this.#result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Reads until `bytes` have come. */
async function heard(socket: Socket, bytes: Buffer): Promise<void> {
  let all = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    all = Buffer.concat([all, chunk as Buffer]);
    if (all.includes(bytes)) return;
  }
  throw new Error('the connection was closed');
}

test('without a tool the chip prints its console', { timeout: TIMEOUT_MS }, async () => {
  await using it = new RunningChip('--chip', 'esp32c3', '--flash-size', '1MB');
  await it.printed(/^ESP-ROM:esp32c3-api1-20210207\n/);
  await it.printed(/^invalid header: 0xffffffff$/m);
  assert.equal((await it.stop()).exitCode, 0);
});

test(
  'a tool reaches the loader over TCP, and a second one at the same time does not',
  { timeout: TIMEOUT_MS },
  async () => {
    await using it = new RunningChip('--serial', 'tcp:0', '--download');
    await it.printed(/waiting for download/);
    const tool = await it.connect();
    await it.printed(/a tool has come/);
    const second = await it.connect();
    await once(second, 'close');
    tool.write(SYNC);
    await heard(tool, SYNC_ANSWER);
    tool.destroy();
    await it.printed(/the tool has gone/);
  },
);

for (const kind of ['tcp', 'rfc2217']) {
  test(`a page in a browser reaches no chip over ${kind}`, { timeout: TIMEOUT_MS }, async () => {
    await using it = new RunningChip('--serial', `${kind}:0`, '--download');
    const page = await it.connect();
    let answer = '';
    page.on('data', (bytes: Buffer) => (answer += bytes.toString('hex')));
    page.write(Buffer.concat([Buffer.from('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), SYNC]));
    await once(page, 'close');
    assert.ok(!answer.includes('010804'));
  });
}

test('over RFC 2217 a tool resets the chip into its loader by the control lines', { timeout: TIMEOUT_MS }, async () => {
  await using it = new RunningChip('--serial', 'rfc2217:0');
  await it.printed(/invalid header/);
  const tool = await it.connect();
  // DTR off, RTS on; DTR on, RTS off.
  tool.write(Buffer.from('fffa2c0509fff0fffa2c050bfff0', 'hex'));
  tool.write(Buffer.from('fffa2c0508fff0fffa2c050cfff0', 'hex'));
  await heard(tool, Buffer.from('waiting for download\r\n'));
  tool.write(SYNC);
  await heard(tool, SYNC_ANSWER);
  tool.destroy();
});

test(
  'flash and eFuses are kept in files: a key that is burned is in the sealed one only',
  { timeout: TIMEOUT_MS },
  async () => {
    await using folder = await chipFolder();
    const [flash, efuse] = [join(folder.path, 'flash.bin'), join(folder.path, 'efuse.bin')];
    const words = ['--flash', flash, '--flash-size', '2MB', '--efuse', efuse];
    {
      await using it = new RunningChip(...words);
      await it.printed(/invalid header/);
    }
    const blank = parseEmulatorFile(await readFile(efuse), ESP32);
    assert.equal((await stat(flash)).size, 0x200000);
    assert.equal((await stat(`${efuse}.sealed`)).mode & 0o777, 0o600);

    // A key that espefuse burns into the file while the chip is off, and hides.
    const file = (await readFile(efuse)).reverse();
    file.fill(0x5a, 0x38, 0x58);
    await writeFile(`${efuse}.sealed`, Buffer.from(file).reverse());
    file.writeUInt8(1, 2);
    file.fill(0, 0x38, 0x58);
    await writeFile(efuse, file.reverse());
    {
      await using it = new RunningChip(...words);
      await it.printed(/invalid header/);
    }
    const [shown, kept] = [await readFile(efuse), await readFile(`${efuse}.sealed`)];
    assert.deepEqual(parseEmulatorFile(shown, ESP32).blocks[1], new Uint8Array(32));
    assert.deepEqual(parseEmulatorFile(kept, ESP32).blocks[1], new Uint8Array(32).fill(0x5a));
    assert.deepEqual(parseEmulatorFile(shown, ESP32).blocks[0]?.subarray(4, 10), blank.blocks[0]?.subarray(4, 10));
  },
);

test('what a tool writes over the line is in the flash file', { timeout: TIMEOUT_MS }, async () => {
  await using folder = await chipFolder();
  const flash = join(folder.path, 'flash.bin');
  {
    await using it = new RunningChip('--flash', flash, '--serial', 'tcp:0', '--download');
    const tool = await it.connect();
    // FLASH_BEGIN of 4 bytes at 0x1000, and FLASH_DATA of "abcd".
    tool.write(Buffer.from('c0000210000000000004000000010000000400000000100000c0', 'hex'));
    await heard(tool, Buffer.from('c0010204', 'hex'));
    tool.write(Buffer.from('c000031400eb0000000400000000000000000000000000000061626364c0', 'hex'));
    await heard(tool, Buffer.from('c0010304000000000000000000c0', 'hex'));
  }
  await using file = await open(flash);
  assert.equal((await file.read(Buffer.alloc(5), 0, 5, 0x1000)).buffer.toString('latin1'), 'abcd\xff');
});

test('a pseudo-terminal is offered by socat', { timeout: TIMEOUT_MS, ...wants('socat') }, async () => {
  await using it = new RunningChip('--serial', 'pty', '--download');
  const path = await it.printed(/serial port: (\/dev\/\S+)/);
  await using device = await open(path, 'r+');
  await device.write(SYNC);
  const answer = Buffer.alloc(SYNC_ANSWER.length);
  for (let length = 0; !answer.subarray(0, length).includes(0xc0);) {
    length = (await device.read(answer, 0, 1)).bytesRead;
  }
});

for (const serial of ['tcp', 'tcp:65536', 'tcp:0.0.0.0:3333', 'usb', 'pty:3']) {
  test(`--serial ${serial} is refused`, async () => {
    const { exitCode, stderr } = await runCli(['board', 'run', '--serial', serial]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--serial is .*tcp:PORT, rfc2217:PORT or pty.*\[ARGUMENT_WRONG\]/);
  });
}

test('a port that is taken, and a file that is no flash, are refused', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const taken = await runCli(['board', 'run', '--serial', `tcp:${port}`]);
  assert.match(taken.stderr, /\[SERIAL_PORT_TAKEN\]/);
  other.close();
  await using folder = await chipFolder();
  const flash = join(folder.path, 'flash.bin');
  await writeFile(flash, Buffer.alloc(100_000));
  const cut = await runCli(['board', 'run', '--flash', flash]);
  assert.match(cut.stderr, /100000 bytes, which no flash has.*\[CHIP_FLASH_FILE_SIZE\]/);
});
