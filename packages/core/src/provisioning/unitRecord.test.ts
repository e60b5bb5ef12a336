import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex, utf8Decode, utf8Encode } from '../bytes/bytes.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { p256PublicKeyOf } from './p256PublicKey.ts';
import { encodeUnitProof } from './unitProof.ts';
import { decodeUnitRecord, encodeUnitFacts, encodeUnitRecord, type UnitRecord } from './unitRecord.ts';

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const whole: fc.Arbitrary<number> = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const hexPair: fc.Arbitrary<string> = fc
  .integer({ min: 1, max: 255 })
  .map((byte) => byte.toString(16).padStart(2, '0'));

/** Unit records of every shape that is allowed. Their points need not lie on the curve. */
const unitRecords: fc.Arbitrary<UnitRecord> = fc.record(
  {
    id: bytes(16),
    station: fc.stringMatching(/^[0-9a-f]{16}$/),
    timeMs: whole,
    nonce: bytes(32),
    device: fc.record(
      {
        project: fc.constant('mkiot-abc123'),
        location: fc.constant('local'),
        registry: fc.constantFrom('pumps', 'a%41+b'),
        device: fc.stringMatching(/^[a-f][-a-zA-Z0-9._+~%]{2,40}$/),
      },
      { noNullPrototype: true },
    ),
    mac: fc
      .tuple(fc.constantFrom('24', '0a', 'fe'), fc.array(hexPair, { minLength: 5, maxLength: 5 }))
      .map(([first, rest]) => [first, ...rest].join(':')),
    chip: fc.record({ name: fc.constantFrom('ESP32', 'ESP32-S3'), revision: whole }, { noNullPrototype: true }),
    efuseSha256: bytes(32),
    keys: fc.uniqueArray(
      fc.record(
        { publicKey: bytes(64).map(p256PublicKeyOf), expiresAtMs: whole, proof: bytes(64) },
        { requiredKeys: ['publicKey', 'proof'], noNullPrototype: true },
      ),
      { minLength: 1, maxLength: 3, selector: ({ publicKey }) => publicKey.toString() },
    ),
  },
  { noNullPrototype: true },
);

const [sample] = fc.sample(unitRecords, { numRuns: 1, seed: 4711 }) as [UnitRecord];

function codeOf(text: string): string | undefined {
  const decoded = decodeUnitRecord(utf8Encode(text));
  return decoded instanceof MkiotError ? decoded.code : undefined;
}

/** The record with some members of its JSON changed; what is undefined is left out. */
function changed(members: Readonly<Record<string, unknown>>): string {
  const json = JSON.parse(utf8Decode(encodeUnitRecord(sample))) as Record<string, unknown>;
  const entries = Object.entries({ ...json, ...members }).filter(([, value]) => value !== undefined);
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

test('a record comes back as it was written, and its text is JSON that any reader understands', () => {
  fc.assert(
    fc.property(unitRecords, (record) => {
      const bytes = encodeUnitRecord(record);
      assert.deepEqual(decodeUnitRecord(bytes), record);
      assert.equal((JSON.parse(utf8Decode(bytes)) as { mac: string }).mac, record.mac);
    }),
  );
});

test('a record that is cut short is refused', () => {
  fc.assert(
    fc.property(unitRecords, fc.nat(), (record, seed) => {
      const bytes = encodeUnitRecord(record);
      assert.ok(decodeUnitRecord(bytes.subarray(0, seed % bytes.length)) instanceof MkiotError);
    }),
  );
});

test('a record with one byte changed is refused or another record: no two texts mean the same', () => {
  fc.assert(
    fc.property(unitRecords, fc.nat(), fc.integer({ min: 1, max: 255 }), (record, seed, flip) => {
      const bytes = encodeUnitRecord(record);
      bytes[seed % bytes.length]! ^= flip;
      const decoded = decodeUnitRecord(bytes);
      if (!(decoded instanceof MkiotError)) assert.deepEqual(encodeUnitRecord(decoded), bytes);
    }),
  );
});

test('a JSON text that says the same in another form is refused', () => {
  const text = changed({});
  assert.equal(codeOf(text), undefined);
  for (const other of [
    text.replace(':', ': '),
    `${text}\n`,
    text.replace('"version":1', '"version":1.0'),
    text.replace('"station"', String.raw`"\u0073tation"`),
    text.replace('{"chip"', '{"chip":{},"chip"'),
    changed({ more: true }),
    text.replace(/"mac":"[^"]*",/, '').replace(/\}$/, `,"mac":"${sample.mac}"}`),
  ]) {
    assert.equal(codeOf(other), 'UNIT_RECORD_NOT_CANONICAL', other);
  }
});

const key = (JSON.parse(changed({})) as { keys: { publicKey: string; proof: string }[] }).keys[0]!;
for (const [what, members] of [
  ['without an id', { id: undefined }],
  ['with a short id', { id: 'AAAA' }],
  ['with a station in capitals', { station: 'ABCDEF0123456789' }],
  ['with a time that has a fraction', { timeMs: 1.5 }],
  ['with a time before 1970', { timeMs: -1 }],
  ['with a short nonce', { nonce: 'AAAA' }],
  ['with a numeric device id', { device: 'projects/mkiot-abc123/locations/local/registries/pumps/devices/4711' }],
  ['with a short device name', { device: 'pump-1' }],
  ['with a MAC in capitals', { mac: '24:0A:C4:12:34:56' }],
  ['with the MAC of a group', { mac: '01:00:5e:00:00:01' }],
  ['with the MAC of everybody', { mac: 'ff:ff:ff:ff:ff:ff' }],
  ['with the MAC of nobody', { mac: '00:00:00:00:00:00' }],
  ['with a nameless chip', { chip: { name: '', revision: 0 } }],
  ['with a short eFuse digest', { efuseSha256: 'ab' }],
  ['without keys', { keys: [] }],
  ['with four keys', { keys: Array.from({ length: 4 }, () => key) }],
  ['with one key twice', { keys: [key, key] }],
  ['with a key of another kind', { keys: [{ ...key, publicKey: `AAAA${key.publicKey.slice(4)}` }] }],
  ['with a key without proof', { keys: [{ publicKey: key.publicKey }] }],
  ['with a short proof', { keys: [{ ...key, proof: 'AAAA' }] }],
] as const) {
  test(`a record ${what} is refused`, () => assert.equal(codeOf(changed(members)), 'UNIT_RECORD_MEMBER_UNFIT'));
}

test('other types, later versions and what is no object are told apart from damage', () => {
  assert.equal(codeOf(changed({ version: 2 })), 'UNIT_RECORD_VERSION_UNKNOWN');
  assert.equal(codeOf(changed({ type: 'receipt' })), 'UNIT_RECORD_VERSION_UNKNOWN');
  for (const text of ['', '[]', 'null', '"a"', '{']) assert.equal(codeOf(text), 'UNIT_RECORD_NOT_JSON', text);
  assert.equal(codeOf(`{"a":"${'x'.repeat(5_000)}"}`), 'UNIT_RECORD_TOO_LONG');
});

test('a record that nobody would take is not written', () => {
  assert.throws(() => encodeUnitRecord({ ...sample, mac: 'AA' }), { code: 'UNIT_RECORD_MEMBER_UNFIT' });
  assert.throws(() => encodeUnitFacts({ ...sample, keys: [] }), { code: 'UNIT_RECORD_MEMBER_UNFIT' });
});

test('what a unit signs is bound to every fact and to the installation, and to no proof', async () => {
  const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const proofOf = async (record: UnitRecord, bridge = 1) =>
    toHex(await encodeUnitProof(record, new Uint8Array(32).fill(bridge), sha256));
  const proof = await proofOf(sample);
  const others = await Promise.all([
    proofOf({ ...sample, nonce: new Uint8Array(32) }),
    proofOf({ ...sample, mac: '24:0a:c4:00:00:01' }),
    proofOf({ ...sample, station: '0123456789abcdef' }),
    proofOf({ ...sample, device: { ...sample.device, device: 'another' } }),
    proofOf(sample, 2),
  ]);
  assert.equal(new Set([proof, ...others]).size, 6);
  const keys = sample.keys.map((each) => ({ ...each, proof: new Uint8Array(64) }));
  assert.equal(await proofOf({ ...sample, keys }), proof);
});
