import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { client as clients, server as servers } from 'jsmodbus';
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ModbusClient } from '../../device/drivers/modbusClient.ts';
import { BitErrors } from '../../faults/bitErrors.ts';
import { seededRandom } from '../../faults/seededRandom.ts';
import { passTime } from '../passTime.testing.ts';
import { rs485Rig, type Rs485Rig } from '../rs485/rs485Rig.testing.ts';
import { type Rs485Line, Rs485Transceiver } from '../rs485/rs485Line.ts';
import { format8n1 } from '../uart/uartFormat.ts';
import type { UartPeer } from '../uart/uartLine.ts';
import { UartTransmitter } from '../uart/uartTransmitter.ts';
import { ClimateTransmitter, CLIMATE_HOLDING, signed } from './climateTransmitter.ts';
import { encodeModbusFrame } from './modbusFrame.ts';
import { ModbusServer } from './modbusServer.ts';

const FORMAT = format8n1(9_600);

interface Bench extends Rs485Rig {
  readonly client: ModbusClient;
  readonly transmitter: ClimateTransmitter;
  readonly server: ModbusServer;
}

async function bench(noise?: BitErrors): Promise<Bench> {
  const rig = await rs485Rig(FORMAT, noise);
  const transmitter = new ClimateTransmitter({ temperature: () => -20.5, humidity: () => 54.6 });
  const server = new ModbusServer(rig.clock, rig.line, transmitter);
  server.isRunning = true;
  return { ...rig, client: new ModbusClient(rig.port, rig.clock), transmitter, server };
}

/** Another part on the line, whose bytes are put there and taken by hand. */
function attach(clock: VirtualClock, line: Rs485Line, onByte: (byte: number) => void): (bytes: Uint8Array) => void {
  const output: UartPeer = { receive: ({ byte }) => onByte(byte) };
  const transceiver: Rs485Transceiver = new Rs485Transceiver(line, { isDriving: () => sender.isSending, output });
  const sender = new UartTransmitter(clock, (character) => transceiver.receive(character));
  return (bytes) => sender.send(bytes, FORMAT);
}

test('the client reads what the transmitter measures, over I2C, FIFOs and a half-duplex line', async () => {
  const { clock, client } = await bench();
  const [temperature = 0, humidity = 0] = await passTime(clock, client.read(1, 4, 1, 2));
  assert.deepEqual([signed(temperature), humidity], [-205, 546]);
});

test('corrections count at once, address and baud rate from the next power-on', async () => {
  const { clock, client, server, transmitter, port } = await bench();
  await passTime(clock, client.writeRegister(1, CLIMATE_HOLDING.TEMPERATURE_CORRECTION, 5));
  await passTime(clock, client.writeRegisters(1, CLIMATE_HOLDING.ADDRESS, [7, 0]));
  assert.deepEqual(await passTime(clock, client.read(1, 3, CLIMATE_HOLDING.ADDRESS, 4)), [7, 0, 5, 0]);
  assert.equal(signed((await passTime(clock, client.read(1, 4, 1, 1)))[0] ?? 0), -200);
  transmitter.start();
  server.isRunning = true;
  assert.equal((await passTime(clock, client.read(7, 3, CLIMATE_HOLDING.ADDRESS, 1)))[0], 7);
  await assert.rejects(passTime(clock, client.read(1, 4, 1, 1)), { code: 'MODBUS_NO_ANSWER' });
  assert.equal(port.received.length, 0);
});

for (const [what, read, exception] of [
  ['a register that is not there', (client: ModbusClient) => client.read(1, 4, 1, 3), 2],
  ['a value that cannot be', (client: ModbusClient) => client.writeRegister(1, CLIMATE_HOLDING.ADDRESS, 248), 3],
  ['writing what can only be read', (client: ModbusClient) => client.writeRegisters(1, 1, [1]), 2],
] as const) {
  test(`${what} is refused with exception ${exception}, and nothing changes`, async () => {
    const { clock, client } = await bench();
    await assert.rejects(passTime<unknown>(clock, read(client)), (error: MkiotError) => {
      assert.deepEqual([error.code, error.context['exception']], ['MODBUS_EXCEPTION', exception]);
      return true;
    });
    assert.deepEqual(await passTime(clock, client.read(1, 3, CLIMATE_HOLDING.ADDRESS, 4)), [1, 0, 0, 0]);
  });
}

test('a cut line, a server without power and one at another speed leave every request without an answer', async () => {
  const it = await bench();
  it.line.isCut = true;
  const failing = { code: 'MODBUS_NO_ANSWER' };
  const startMs = it.clock.monotonic();
  await assert.rejects(passTime(it.clock, it.client.read(1, 4, 1, 2)), failing);
  // Three requests of eight bytes, a second each.
  assert.ok(it.clock.monotonic() - startMs >= 3_000 && it.clock.monotonic() - startMs < 3_100);
  it.line.isCut = false;
  it.server.isRunning = false;
  await assert.rejects(passTime(it.clock, it.client.read(1, 4, 1, 2)), failing);
  it.server.isRunning = true;
  await passTime(it.clock, it.client.writeRegister(1, CLIMATE_HOLDING.BAUD_RATE, 2));
  it.transmitter.start();
  await assert.rejects(passTime(it.clock, it.client.read(1, 4, 1, 2)), failing);
});

test('some noise costs repetitions, and no value is ever wrong', async () => {
  const { clock, client } = await bench(new BitErrors(0.004, seededRandom(3)));
  let [right, failed] = [0, 0];
  for (let round = 0; round < 40; round++) {
    try {
      const [temperature = 0, humidity = 0] = await passTime(clock, client.read(1, 4, 1, 2));
      assert.deepEqual([signed(temperature), humidity], [-205, 546]);
      right += 1;
    } catch (error) {
      assert.match((error as { code: string }).code, /^MODBUS_(?:DAMAGED|NO_ANSWER)$/);
      failed += 1;
    }
  }
  assert.ok(right > 20, `${right} right, ${failed} failed`);
});

test('two that talk at once spoil each other', async () => {
  const { clock, client, line } = await bench();
  const talk = attach(clock, line, () => undefined);
  const reading = client.read(1, 4, 1, 2);
  // Somebody who does not keep silence drives the line while the request, the answer and the repetitions come.
  for (let round = 0; round < 12; round++) talk(new Uint8Array(300).fill(0x55));
  await assert.rejects(passTime(clock, reading), { code: 'MODBUS_DAMAGED' });
});

test('a pause of more than 1.5 characters spoils a frame, and after 3.5 a new one begins', async () => {
  const { clock, line } = await bench();
  const heard: number[] = [];
  const talk = attach(clock, line, (byte) => heard.push(byte));
  const request = encodeModbusFrame({ address: 1, pdu: Uint8Array.of(4, 0, 1, 0, 1) });
  talk(request.subarray(0, 4));
  clock.advance(4 + 3);
  talk(request.subarray(4));
  clock.advance(100);
  assert.deepEqual(heard, []);
  talk(request.subarray(0, 4));
  clock.advance(20);
  talk(request);
  clock.advance(100);
  assert.equal(heard.length, 7);
});

test('what is sent to all is done and not answered', async () => {
  const { clock, line, client } = await bench();
  const heard: number[] = [];
  const talk = attach(clock, line, (byte) => heard.push(byte));
  talk(encodeModbusFrame({ address: 0, pdu: Uint8Array.of(6, 1, 3, 0, 9) }));
  clock.advance(200);
  assert.deepEqual(heard, []);
  assert.deepEqual(await passTime(clock, client.read(1, 3, CLIMATE_HOLDING.TEMPERATURE_CORRECTION, 1)), [9]);
});

/** Lets time pass with room for the streams of foreign libraries, until `work` is done. */
async function withStreams<Value>(clock: VirtualClock, work: Promise<Value>, eachMs?: () => void): Promise<Value> {
  const state = { isOver: false };
  const over = (): void => void (state.isOver = true);
  void work.then(over, over);
  for (let ms = 0; ms < 5_000 && !state.isOver; ms++) {
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    eachMs?.();
    clock.advance(1);
  }
  assert.ok(state.isOver);
  return work;
}

/** What a library takes for a serial port. */
function serialPort(onWrite: (bytes: Uint8Array) => void): Duplex {
  return new Duplex({
    read: () => undefined,
    write(bytes: Uint8Array, _encoding, done) {
      onWrite(bytes);
      done();
    },
  });
}

test('the client of jsmodbus reads and writes our transmitter, and understands its exceptions', async () => {
  const { clock, line } = await bench();
  const port = serialPort((bytes) => send(bytes));
  const send = attach(clock, line, (byte) => port.push(Uint8Array.of(byte)));
  const foreign = new clients.RTU(port, 1, 5_000);
  port.emit('open');
  const read = await withStreams(clock, foreign.readInputRegisters(1, 2));
  assert.deepEqual(read.response.body.valuesAsArray, [0x10000 - 205, 546]);
  await withStreams(clock, foreign.writeSingleRegister(CLIMATE_HOLDING.HUMIDITY_CORRECTION, 3));
  await withStreams(clock, foreign.writeMultipleRegisters(CLIMATE_HOLDING.TEMPERATURE_CORRECTION, [4, 2]));
  const held = await withStreams(clock, foreign.readHoldingRegisters(CLIMATE_HOLDING.ADDRESS, 4));
  assert.deepEqual(held.response.body.valuesAsArray, [1, 0, 4, 2]);
  await assert.rejects(withStreams(clock, foreign.readHoldingRegisters(9, 1)), { err: 'ModbusException' });
});

test('our client reads and writes the server of jsmodbus', async () => {
  const { clock, line, client, server } = await bench();
  server.isRunning = false;
  const answers: Uint8Array[] = [];
  const port = serialPort((bytes) => answers.push(bytes));
  const holding = Buffer.alloc(16);
  holding.writeUInt16BE(0x1234, 2);
  const foreign = new servers.RTU(port, { holding, input: holding });
  const send = attach(clock, line, (byte) => port.push(Uint8Array.of(byte)));
  const answering = <Value>(work: Promise<Value>): Promise<Value> =>
    withStreams(clock, work, () => send(concatBytes(...answers.splice(0))));
  assert.deepEqual(await answering(client.read(1, 3, 1, 2)), [0x1234, 0]);
  await answering(client.writeRegister(1, 2, 0xabcd));
  await answering(client.writeRegisters(1, 3, [1, 2]));
  assert.deepEqual(await answering(client.read(1, 4, 1, 4)), [0x1234, 0xabcd, 1, 2]);
  assert.equal(foreign.holding.readUInt16BE(4), 0xabcd);
});
