import { toHex } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControlLines } from '../autoReset.ts';
import { ComPortServer } from './comPortServer.ts';

function newServer() {
  const changes: Partial<ControlLines>[] = [];
  const heard: number[] = [];
  const serial = {
    baud: undefined as number | undefined,
    onBytes: undefined,
    write: (b: Uint8Array) => heard.push(...b),
  };
  let sent = '';
  const server = new ComPortServer(
    { serial, setControlLines: (change) => changes.push(change) },
    (bytes) => (sent += toHex(bytes)),
  );
  /** What is answered to bytes in hexadecimal. */
  const ask = (hex: string): string => {
    sent = '';
    server.receive(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
    return sent;
  };
  return { server, serial, changes, heard, ask, opening: () => sent };
}

/** A subnegotiation of COM-PORT-OPTION. */
const comPort = (hex: string): string => `fffa2c${hex}fff0`;

test('it offers 8-bit data, agrees to what a serial port needs, refuses the rest, and does not go round in circles', () => {
  const { ask, opening } = newServer();
  assert.equal(opening(), 'fffb00fffd00');
  // WILL, DO COM-PORT-OPTION; DO ECHO; WILL NAWS.
  assert.equal(ask('fffb2cfffd2c'), 'fffd2cfffb2c');
  assert.equal(ask('fffd01'), 'fffc01');
  assert.equal(ask('fffb1f'), 'fffe1f');
  assert.equal(ask('fffd00fffb00fffd2cfffb2cfffe01'), '');
});

for (const [name, asked, answered] of [
  ['a speed is set', '0100070800', '6500070800'],
  ['the speed is asked for, where none is set', '0100000000', '6500000000'],
  ['7 data bits are not to be had', '0207', '6608'],
  ['even parity is not to be had', '0303', '6701'],
  ['two stop bits are not to be had', '0402', '6801'],
  ['DTR is switched on', '0508', '6908'],
  ['RTS is asked for', '050a', '690c'],
  ['no flow control is wanted', '0501', '6901'],
  ['flow control is asked for', '0500', '6901'],
  ['the modem state is asked for', '0700', '6bb0'],
  ['the line state mask is set', '0a0f', '6e0f'],
  ['buffers are purged', '0c03', '7003'],
] as const) {
  test(`${name}: answered as RFC 2217 says`, () => {
    assert.equal(newServer().ask(comPort(asked)), comPort(answered));
  });
}

test('what it is, is answered with a signature', () => {
  assert.match(newServer().ask(comPort('00')), new RegExp(`^fffa2c64${toHex(new TextEncoder().encode('MkIoT'))}`));
});

test('control lines and speed reach the port, and can be asked for', () => {
  const { ask, changes, serial } = newServer();
  ask(comPort('0509') + comPort('050b') + comPort('0508') + comPort('050c') + comPort('01000e1000'));
  assert.deepEqual(changes, [{ dtr: false }, { rts: true }, { dtr: true }, { rts: false }]);
  assert.equal(serial.baud, 921_600);
  assert.equal(ask(comPort('0507')), comPort('6908'));
  assert.equal(ask(comPort('0100000000')), comPort('65000e1000'));
});

test('data goes both ways with 0xff doubled', () => {
  const { server, heard, ask, opening } = newServer();
  assert.equal(ask('c0ffff01'), '');
  assert.deepEqual(heard, [0xc0, 0xff, 0x01]);
  server.transmit(Uint8Array.of(0xff, 2));
  assert.equal(opening(), 'ffff02');
});

test('what the option does not know is not answered', () => {
  for (const unknown of ['30', '0d', '6501']) assert.equal(newServer().ask(comPort(unknown)), '');
});
