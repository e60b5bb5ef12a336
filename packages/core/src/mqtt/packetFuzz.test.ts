import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { MkiotError } from '../errors/mkiotError.ts';
import { PacketParser } from './packetParser.ts';
import type { ProtocolLevel } from './protocolLevel.ts';

const folder = new URL('vectors/mqtt-fuzz-seeds/', import.meta.url);
const seeds = globSync('*/*.raw', { cwd: folder }).map((name) => readFileSync(new URL(name, folder)));

/** One way to spoil bytes: `at` and `value` are made to fit. */
type Mutation = readonly [kind: 'SET' | 'FLIP' | 'CUT' | 'INSERT' | 'REPEAT', at: number, value: number];

const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom('SET', 'FLIP', 'CUT', 'INSERT', 'REPEAT'),
  fc.nat(1_000),
  fc.oneof(fc.constantFrom(0, 1, 4, 5, 0x7f, 0x80, 0xff), fc.nat(255)),
);

function mutate(bytes: readonly number[], [kind, position, value]: Mutation): readonly number[] {
  if (bytes.length === 0) return bytes;
  const at = position % bytes.length;
  if (kind === 'SET') return bytes.with(at, value);
  if (kind === 'FLIP') return bytes.with(at, (bytes[at] as number) ^ (1 << (value % 8)));
  if (kind === 'CUT') return bytes.toSpliced(at, 1 + (value % 4));
  return bytes.toSpliced(at, 0, ...(kind === 'INSERT' ? [value] : bytes.slice(at, at + (value % 16))));
}

/** How many packets the parser finds; it may only end with an error that blames the sender. */
function parse(bytes: Uint8Array, level: ProtocolLevel): number {
  const parser = new PacketParser({ from: 'CLIENT', level, maxPacketBytes: 10_000 });
  parser.push(bytes);
  let packets = 0;
  try {
    while (parser.next() !== undefined) packets++;
  } catch (error) {
    assert.ok(error instanceof MkiotError, String(error));
    assert.equal(error.blame, 'peer');
  }
  return packets;
}

test('recorded packets of clients are read', () => {
  assert.ok(seeds.length > 70);
  const read = seeds.filter((seed) => parse(seed, 4) > 0).length;
  assert.ok(read > 0.8 * seeds.length, `${read} of ${seeds.length}`);
});

test('recorded packets, spoilt, are packets or a clear error, at both levels', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...seeds), { minLength: 1, maxLength: 3 }),
      fc.array(mutation, { minLength: 1, maxLength: 8 }),
      fc.constantFrom<ProtocolLevel>(4, 5),
      (some, mutations, level) => {
        let bytes: readonly number[] = some.flatMap((seed) => [...seed]);
        for (const one of mutations) bytes = mutate(bytes, one);
        assert.ok(parse(Uint8Array.from(bytes), level) <= bytes.length / 2);
      },
    ),
    { numRuns: 3_000 },
  );
});
