import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoaderBench } from '../virtualChip.testing.ts';
import { WebSerialPort } from './webSerialPort.ts';

const BAUD = { baudRate: 115_200 };
const BLANK_BOOT = /invalid header: 0xffffffff/;

async function openPort(): Promise<{ readonly bench: LoaderBench; readonly port: WebSerialPort }> {
  const bench = new LoaderBench();
  await bench.ready();
  const port = new WebSerialPort(bench.chip);
  await port.open(BAUD);
  return { bench, port };
}

/** What a reader of the port gets until `pattern` is in it. */
async function readUntil(port: WebSerialPort, pattern: RegExp): Promise<string> {
  const reader = port.readable!.getReader();
  let text = '';
  while (!pattern.test(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return text;
}

/** Presses the reset button as a monitor does. */
async function reset({ bench, port }: { readonly bench: LoaderBench; readonly port: WebSerialPort }): Promise<void> {
  await port.setSignals({ dataTerminalReady: false, requestToSend: true });
  await port.setSignals({ requestToSend: false });
  bench.clock.advance(10);
}

test('a port has no streams and takes no signals while it is closed', async () => {
  const { port } = await openPort();
  await port.close();
  assert.deepEqual([port.readable, port.writable], [null, null]);
  await assert.rejects(port.setSignals({ requestToSend: true }), { name: 'InvalidStateError' });
  await assert.rejects(port.close(), { name: 'InvalidStateError' });
});

test('a port opens once, and only at a speed', async () => {
  const { port } = await openPort();
  await assert.rejects(port.open(BAUD), { name: 'InvalidStateError' });
  await port.close();
  for (const baudRate of [0, -1, Number.NaN]) await assert.rejects(port.open({ baudRate }), TypeError);
  await port.open(BAUD);
  assert.ok(port.readable !== null);
});

test('a port does not close under a reader or a writer, and does when they are released', async () => {
  for (const hold of [
    (port: WebSerialPort) => port.readable!.getReader(),
    (port: WebSerialPort) => port.writable!.getWriter(),
  ]) {
    const { port } = await openPort();
    const held = hold(port);
    await assert.rejects(port.close(), TypeError);
    held.releaseLock();
    await port.close();
    assert.equal(port.readable, null);
  }
});

test('who cancels reading or closes writing gets new streams of the same port', async () => {
  const it = await openPort();
  const { bench, port } = it;
  await port.readable!.cancel();
  await port.writable!.close();
  await reset(it);
  assert.match(await readUntil(port, BLANK_BOOT), BLANK_BOOT);
  const writer = port.writable!.getWriter();
  await writer.write(Uint8Array.of(0xc0));
  await bench.chip.powerOff();
});

test('when the cable comes off, reading and writing end with a NetworkError, and after closing the port opens again', async () => {
  const it = await openPort();
  const { bench, port } = it;
  const reader = port.readable!.getReader();
  const reading = reader.read();
  const writer = port.writable!.getWriter();
  port.unplug();
  await assert.rejects(reading, { name: 'NetworkError' });
  await assert.rejects(writer.write(Uint8Array.of(0xc0)), { name: 'NetworkError' });
  await assert.rejects(port.setSignals({ requestToSend: true }), { name: 'NetworkError' });
  await assert.rejects(port.open(BAUD), { name: 'InvalidStateError' });
  assert.deepEqual([port.readable, port.writable], [null, null]);
  await port.close();
  await port.open(BAUD);
  await reset(it);
  assert.match(await readUntil(port, BLANK_BOOT), BLANK_BOOT);
  await bench.chip.powerOff();
});

test('a chip that is held in reset starts when the port is closed', async () => {
  const { bench, port } = await openPort();
  await port.setSignals({ dataTerminalReady: false, requestToSend: true });
  await port.close();
  const printed = Promise.withResolvers<string>();
  bench.chip.serial.onBytes = (bytes) => printed.resolve(new TextDecoder().decode(bytes));
  bench.clock.advance(10);
  assert.match(await printed.promise, /ets Jul|rst:0x1/);
  await bench.chip.powerOff();
});
