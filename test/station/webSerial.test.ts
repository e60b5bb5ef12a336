import { WebSerialPort } from '@mkiot/board/chip/serial/webSerialPort';
import { connectLoader, ROM_BAUD } from '@mkiot/esp32/serial/connectLoader';
import type { RomLoader } from '@mkiot/esp32/serial/romLoader';
import { WebSerial, type WebSerialDevice } from '@mkiot/esp32/serial/webSerial';
import { identifyUnit } from '@mkiot/esp32/station/unit';
import { writeFlash } from '@mkiot/esp32/serial/writeFlash';
import { ESP32S3 } from '@mkiot/esp32/chips/esp32s3';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StationBench } from './stationBench.ts';

interface WebBench {
  readonly bench: StationBench;
  readonly cable: WebSerialPort;
  readonly port: WebSerial;
  readonly loader: RomLoader;
}

async function connected(): Promise<WebBench> {
  const bench = new StationBench('esp32s3');
  const cable = new WebSerialPort(bench.chip);
  const port = await WebSerial.open(cable);
  const loader = await bench.inTime(connectLoader(port, bench.clock));
  return { bench, cable, port, loader };
}

test('a chip at a port of Web Serial is reset into its loader and identified', async () => {
  const { bench, loader } = await connected();
  const unit = await bench.inTime(identifyUnit(loader));
  assert.equal(unit.mac, 'a0:b1:c2:d3:e4:f5');
});

test('another speed closes the port and opens it again, and the loader goes on', async () => {
  const { bench, loader, cable } = await connected();
  await bench.inTime(identifyUnit(loader));
  const opened: number[] = [];
  const open = cable.open.bind(cable);
  cable.open = (options) => {
    opened.push(options.baudRate);
    return open(options);
  };
  await bench.inTime(loader.changeBaudrate(921_600));
  const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => at & 0xff);
  await bench.inTime(
    writeFlash(loader, { chip: ESP32S3, flashBytes: 0x400000 }, [{ address: 0x1000, bytes }], () => {}),
  );
  await loader.link.port.setBaud(921_600);
  assert.deepEqual(opened, [921_600]);
  assert.deepEqual(bench.chip.flash.read(0x1000, bytes.length), bytes);
});

test('both lines change at once: the chip never sees a state between', async () => {
  const { port, cable } = await connected();
  const seen: unknown[] = [];
  cable.setSignals = async (signals) => void seen.push(signals);
  await port.setLines({ dtr: true, rts: false });
  assert.deepEqual(seen, [{ dataTerminalReady: true, requestToSend: false }]);
});

test('a pulled cable closes the port for good, and who waits for an answer is told', async () => {
  const { bench, loader, cable, port } = await connected();
  const call = loader.readReg(0x6000_0000);
  cable.unplug();
  await assert.rejects(bench.inTime(call), { code: 'LOADER_PORT_CLOSED' });
  assert.ok(port.closed.aborted);
  await port.write(Uint8Array.of(1));
  await port.setLines({ dtr: false, rts: false });
  await port.setBaud(9_600);
  await port[Symbol.asyncDispose]();
  await cable.open({ baudRate: ROM_BAUD });
});

test('an error of the line ends a stream and not the port', async () => {
  const streams = [stream('lost'), stream('heard')];
  const device = fakeDevice(() => streams[0] ?? null);
  const port = await WebSerial.open(device);
  const heard = Promise.withResolvers<string>();
  port.onBytes = (bytes) => heard.resolve(new TextDecoder().decode(bytes));
  streams.shift()?.fail();
  streams[0]?.say();
  assert.equal(await heard.promise, 'heard');
  assert.ok(!port.closed.aborted);
});

test('a port that is given back is closed, and can be opened by another', async () => {
  const { port, cable } = await connected();
  await port[Symbol.asyncDispose]();
  assert.equal(cable.readable, null);
  assert.ok(port.closed.aborted);
  await cable.open({ baudRate: ROM_BAUD });
});

interface Stream {
  readonly readable: ReadableStream<Uint8Array>;
  say(): void;
  fail(): void;
}

function stream(text: string): Stream {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const readable = new ReadableStream<Uint8Array>({ start: (started) => void (controller = started) });
  return {
    readable,
    say: () => controller?.enqueue(new TextEncoder().encode(text)),
    fail: () => controller?.error(new DOMException('A break was received.', 'BreakError')),
  };
}

function fakeDevice(current: () => Stream | null): WebSerialDevice {
  return {
    get readable() {
      return current()?.readable ?? null;
    },
    writable: null,
    open: async () => {},
    close: async () => {},
    setSignals: async () => {},
  };
}
