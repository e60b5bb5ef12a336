import { PtyServer } from '@mkiot/board/node/chip/ptyServer';
import type { SerialEnd } from '@mkiot/board/chip/serial/serialLine';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withPty, withSerialPorts } from '../provision.testing.ts';
import { loadSerialBindings, type SerialBindings } from './serialBindings.ts';
import { UsbPort } from './usbPort.ts';

/** The far end of a cable, as a board is. */
class Cable implements SerialEnd {
  onBytes: SerialEnd['onBytes'];
  readonly baud = 115_200;
  readonly received: number[] = [];
  #arrived: () => void = () => {};

  write(bytes: Uint8Array): void {
    this.received.push(...bytes);
    this.#arrived();
  }

  async has(length: number): Promise<readonly number[]> {
    while (this.received.length < length) await new Promise<void>((resolve) => (this.#arrived = resolve));
    return this.received;
  }
}

/** The next bytes that come at the port, until there are so many. */
async function heard(port: UsbPort, length: number): Promise<readonly number[]> {
  const bytes: number[] = [];
  const all = Promise.withResolvers<void>();
  port.onBytes = (more) => {
    bytes.push(...more);
    if (bytes.length >= length) all.resolve();
  };
  await all.promise;
  return bytes;
}

test('bytes go both ways through a port of the system, all values and in their order', withPty, async () => {
  const cable = new Cable();
  await using pty = await PtyServer.open(cable);
  await using port = await UsbPort.open(pty.path, await loadSerialBindings());
  const every = Uint8Array.from({ length: 0x4000 }, (_, index) => index);
  const hearing = heard(port, every.length);
  cable.onBytes?.(every);
  assert.deepEqual(Uint8Array.from(await hearing), every);
  void port.write(every.subarray(0, 0x2000));
  // With a new speed the system forgets what is under way; a pseudo-terminal says too early that nothing is.
  await cable.has(0x2000);
  await port.setBaud(921_600);
  await port.write(every.subarray(0x2000));
  assert.deepEqual(Uint8Array.from(await cable.has(every.length)), every);
});

test('a pseudo-terminal has no reset lines, so nobody waits for them', withPty, async () => {
  await using pty = await PtyServer.open(new Cable());
  await using port = await UsbPort.open(pty.path, await loadSerialBindings());
  assert.equal(port.hasLines, false);
  await port.setLines({ dtr: true, rts: true });
  assert.equal(port.closed.aborted, false);
});

test('a port that is open is busy for everybody else, and free again when it is closed', withPty, async () => {
  await using pty = await PtyServer.open(new Cable());
  const bindings = await loadSerialBindings();
  const first = await UsbPort.open(pty.path, bindings);
  await assert.rejects(UsbPort.open(pty.path, bindings), { code: 'PORT_BUSY' });
  await first[Symbol.asyncDispose]();
  assert.equal(first.closed.aborted, true);
  await using again = await UsbPort.open(pty.path, bindings);
  assert.equal(again.closed.aborted, false);
});

test('a cable that is pulled closes the port, and what is asked of it then does no harm', withPty, async () => {
  const pty = await PtyServer.open(new Cable());
  await using port = await UsbPort.open(pty.path, await loadSerialBindings());
  const closed = once(port.closed, 'abort');
  await pty[Symbol.asyncDispose]();
  await closed;
  await port.write(Uint8Array.of(1));
  await port.setBaud(9_600);
  await port.setLines({ dtr: false, rts: false });
});

test('a port that is not there, and a file that is no port, are told apart', withSerialPorts, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-port-'));
  await writeFile(join(folder, 'file'), '');
  const bindings = await loadSerialBindings();
  const open = (path: string) => UsbPort.open(path, bindings);
  await assert.rejects(open(join(folder, 'none')), { code: 'PORT_NOT_FOUND' });
  await assert.rejects(open(join(folder, 'file')), {
    code: 'PORT_UNREACHABLE',
    message: /cannot be opened: Inappropriate ioctl for device\./,
  });
  await rm(folder, { recursive: true });
});

for (const [said, code] of [
  ['Error: Permission denied, cannot open /dev/ttyUSB0', 'PORT_NOT_PERMITTED'],
  ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'PORT_BUSY'],
  ['Error Resource temporarily unavailable Cannot lock port', 'PORT_BUSY'],
  ['Opening COM3: Access denied', 'PORT_BUSY'],
  ['Opening COM3: File not found', 'PORT_NOT_FOUND'],
] as const) {
  test(`"${said}" is ${code}`, async () => {
    const bindings: Pick<SerialBindings, 'open'> = { open: () => Promise.reject(new Error(said)) };
    await assert.rejects(UsbPort.open('/dev/ttyUSB0', bindings), { code });
  });
}

test('where the system has no binary for serial ports, it is said what else goes', async () => {
  const missing = () =>
    Promise.reject(new Error('No native build was found for platform=plan9\n    loaded from: here'));
  await assert.rejects(loadSerialBindings(missing, { name: 'Node' }), {
    code: 'SERIAL_PORTS_MISSING',
    message: /: No native build was found for platform=plan9\. .*rfc2217/,
  });
  await assert.rejects(loadSerialBindings(missing, { name: 'Bun' }), { message: /: Bun has none, but Node has\./ });
});
