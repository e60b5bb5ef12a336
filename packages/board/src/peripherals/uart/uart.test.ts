import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BitErrors } from '../../faults/bitErrors.ts';
import { seededRandom } from '../../faults/seededRandom.ts';
import { hearCharacter, type HeardCharacter } from './character.ts';
import { characterMs, format8n1, type UartFormat } from './uartFormat.ts';
import { UartLine } from './uartLine.ts';

const formats = fc.record<UartFormat>({
  baud: fc.constantFrom(1_200, 9_600, 19_200, 115_200),
  dataBits: fc.constantFrom(5, 6, 7, 8),
  parity: fc.constantFrom('none', 'odd', 'even'),
  stopBits: fc.constantFrom(1, 2),
});

function heardBy(line: UartLine): HeardCharacter[] {
  const heard: HeardCharacter[] = [];
  line.far.onCharacter = (character) => heard.push(character);
  return heard;
}

test('every character of every format is heard as it was sent, in its time', () => {
  fc.assert(
    fc.property(formats, fc.uint8Array({ maxLength: 40 }), (format, bytes) => {
      const clock = new VirtualClock();
      const line = new UartLine(clock, format);
      const heard = heardBy(line);
      line.near.write(bytes);
      clock.advance(1_000);
      const mask = (1 << format.dataBits) - 1;
      assert.deepEqual(
        heard.map(({ byte, hasFramingError, hasParityError }) => ({ byte, hasFramingError, hasParityError })),
        [...bytes].map((byte) => ({ byte: byte & mask, hasFramingError: false, hasParityError: false })),
      );
      for (const [index, { endMs }] of heard.entries()) {
        assert.ok(Math.abs(endMs - (index + 1) * characterMs(format)) < 1e-6);
      }
    }),
  );
});

test('a character of 8N1 at 9600 baud takes 1.042 ms, of 8E1 at 19200 baud 0.573 ms', () => {
  assert.equal(characterMs(format8n1(9_600)).toFixed(3), '1.042');
  assert.equal(characterMs({ baud: 19_200, dataBits: 8, parity: 'even', stopBits: 1 }).toFixed(3), '0.573');
});

test('one flipped bit is a wrong byte without parity, and with parity a parity error', () => {
  const format: UartFormat = { baud: 9_600, dataBits: 8, parity: 'even', stopBits: 1 };
  const flipBit = (bit: number): BitErrors =>
    Object.assign(new BitErrors(0, seededRandom(1)), { flip: (value: number) => value ^ (1 << bit) });
  const character = { byte: 0x55, format, startMs: 0, endMs: 1 };
  const withoutParity = { ...character, format: format8n1(9_600) };
  assert.equal(hearCharacter(withoutParity, format8n1(9_600), flipBit(1))?.byte, 0x54);
  assert.equal(hearCharacter(character, format, flipBit(1))?.hasParityError, true);
  assert.equal(hearCharacter(character, format, flipBit(9))?.hasParityError, true);
  assert.equal(hearCharacter(character, format, flipBit(10))?.hasFramingError, true);
  assert.equal(hearCharacter(character, format, flipBit(0)), undefined);
});

test('noise spoils the same characters for the same seed, about as many as its rate says', () => {
  const sent = new Uint8Array(5_000).fill(0x5a);
  const run = (seed: number): readonly number[] => {
    const clock = new VirtualClock();
    const line = new UartLine(clock, format8n1(115_200), new BitErrors(1e-3, seededRandom(seed)));
    const heard = heardBy(line);
    line.near.write(sent);
    clock.advance(1_000);
    return heard.map(({ byte, hasFramingError }) => (hasFramingError ? -1 : byte));
  };
  const first = run(1);
  const spoiled = sent.length - first.filter((byte) => byte === 0x5a).length;
  assert.ok(spoiled > 25 && spoiled < 85, `${spoiled}`);
  assert.deepEqual(run(1), first);
  assert.notDeepEqual(run(5), first);
});

test('a receiver at another speed hears framing errors', () => {
  const clock = new VirtualClock();
  const line = new UartLine(clock, format8n1(9_600));
  line.far.format = format8n1(19_200);
  const heard = heardBy(line);
  line.near.write(Uint8Array.of(1, 2, 3));
  clock.advance(10);
  assert.ok(heard.length === 3 && heard.every(({ hasFramingError }) => hasFramingError));
});

test('what is on its way when the power goes does not arrive', () => {
  const clock = new VirtualClock();
  const line = new UartLine(clock, format8n1(9_600));
  const heard = heardBy(line);
  line.near.write(new Uint8Array(10));
  clock.advance(5);
  line.near.drop();
  clock.advance(100);
  assert.equal(heard.length, 4);
});
