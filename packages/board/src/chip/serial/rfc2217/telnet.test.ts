import { concatBytes } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTelnet, TelnetDecoder, type TelnetEvent, type Verb } from './telnet.ts';

const bytes = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength }).map((all) => Uint8Array.from(all));
const verb = fc.constantFrom<Verb>('will', 'wont', 'do', 'dont');
const option = fc.integer({ min: 0, max: 0xfe });
const PLAIN = { noNullPrototype: true } as const;
const event: fc.Arbitrary<TelnetEvent> = fc.oneof(
  fc.record({ kind: fc.constant('data' as const), bytes: bytes(20) }, PLAIN),
  fc.record({ kind: fc.constant('option' as const), verb, option: fc.integer({ min: 0, max: 0xff }) }, PLAIN),
  fc.record({ kind: fc.constant('subnegotiation' as const), option, parameters: bytes(20) }, PLAIN),
);

/** Data in one piece, wherever it was cut. */
function joined(events: readonly TelnetEvent[]): readonly TelnetEvent[] {
  const whole: TelnetEvent[] = [];
  for (const next of events) {
    const last = whole.at(-1);
    if (next.kind !== 'data' || last?.kind !== 'data') whole.push(next);
    else whole[whole.length - 1] = { kind: 'data', bytes: concatBytes(last.bytes, next.bytes) };
  }
  return whole;
}

test('a stream is taken apart into what it was made of, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 10 }), fc.integer({ min: 1, max: 7 }), (sent, piece) => {
      const stream = concatBytes(...sent.map(encodeTelnet));
      const decoder = new TelnetDecoder();
      const received: TelnetEvent[] = [];
      for (let at = 0; at < stream.length; at += piece) received.push(...decoder.push(stream.subarray(at, at + piece)));
      assert.deepEqual(joined(received), joined(sent));
    }),
  );
});

test('any bytes are taken without an error, and a subnegotiation without an end fills no memory', () => {
  const decoder = new TelnetDecoder();
  decoder.push(Uint8Array.of(0xff, 0xfa));
  for (let time = 0; time < 100; time++) assert.deepEqual(decoder.push(new Uint8Array(10_000)), []);
  assert.deepEqual(decoder.push(Uint8Array.of(0xff, 0xf0, 7)), [{ kind: 'data', bytes: Uint8Array.of(7) }]);
  fc.assert(fc.property(fc.uint8Array(), (noise) => void new TelnetDecoder().push(noise)));
});
