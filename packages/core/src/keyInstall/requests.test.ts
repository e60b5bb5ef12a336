import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFactoryData, encodeFactoryData, type FactoryData, MAX_FACTORY_DATA_BYTES } from './factoryData.ts';
import { MAX_PAYLOAD_BYTES } from './frame.ts';
import { closedDigestIn, closedLine } from './closedLine.ts';
import {
  decodeFactsPiece,
  decodeIdentity,
  decodeMagic,
  encodeFactsPiece,
  encodeIdentity,
  encodeMagic,
  FACTS_PIECE_BYTES,
  MAX_KEYS,
  PUBLIC_KEY_BYTES,
} from './requests.ts';

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((each) => new Uint8Array(each));

const DATA: FactoryData = {
  deviceName: 'projects/plant-one/locations/local/registries/default/devices/pump-1',
  host: 'platform.example',
  port: 8883,
  caPem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
};

const factoryData: fc.Arbitrary<FactoryData> = fc.record(
  {
    deviceName: fc
      .stringMatching(/^[a-f][-a-zA-Z0-9._+~%]{2,40}$/)
      .map((id) => `projects/plant-one/locations/local/registries/default/devices/${id}`),
    host: fc.constantFrom('platform.example', '192.168.4.2', 'fd00::1', 'h'),
    port: fc.integer({ min: 1, max: 0xffff }),
    caPem: fc
      .array(fc.base64String({ minLength: 4, maxLength: 400 }), { minLength: 1, maxLength: 3 })
      .map((all) => all.map((one) => `-----BEGIN CERTIFICATE-----\n${one}\n-----END CERTIFICATE-----\n`).join('')),
  },
  { noNullPrototype: true },
);

test('factory data are read as they were written, and not when anything is missing or left over', () => {
  fc.assert(
    fc.property(factoryData, fc.nat(), (data, cut) => {
      const encoded = encodeFactoryData(data);
      assert.deepEqual(decodeFactoryData(encoded), data);
      assert.equal(decodeFactoryData(encoded.subarray(0, cut % encoded.length)), undefined);
      assert.equal(decodeFactoryData(Uint8Array.of(...encoded, 0)), undefined);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => decodeFactoryData(any) === undefined));
});

test('factory data that no device could use are refused, with the name of what is wrong', () => {
  const wrong: readonly (readonly [Partial<FactoryData>, keyof FactoryData])[] = [
    [{ deviceName: 'pump-1' }, 'deviceName'],
    [{ deviceName: DATA.deviceName.replace('pump-1', '123456') }, 'deviceName'],
    [{ host: 'https://platform.example' }, 'host'],
    [{ host: '' }, 'host'],
    [{ port: 0 }, 'port'],
    [{ port: 65_536 }, 'port'],
    [{ caPem: '' }, 'caPem'],
    [{ caPem: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n' }, 'caPem'],
    [{ caPem: DATA.caPem.replace('MIIB', 'A'.repeat(MAX_FACTORY_DATA_BYTES)) }, 'caPem'],
  ];
  for (const [change, field] of wrong) {
    const refused = { code: 'KEY_INSTALL_FACTS_INVALID', message: new RegExp(`^The ${field} `) };
    assert.throws(() => encodeFactoryData({ ...DATA, ...change }), refused);
  }
});

test('a magic packet is known by all of its bytes', () => {
  fc.assert(
    fc.property(bytes(8), fc.nat(), (token, at) => {
      const magic = encodeMagic(token);
      assert.deepEqual(decodeMagic(magic), token);
      assert.equal(decodeMagic(magic.subarray(0, at % magic.length)), undefined);
      const place = at % (magic.length - token.length);
      assert.equal(decodeMagic(magic.map((byte, index) => (index === place ? byte ^ 1 : byte))), undefined);
    }),
  );
});

test('an identity answers one magic packet, and is whole or none', () => {
  const identities = fc.record(
    { mac: bytes(6), chip: fc.constantFrom('ESP32', 'ESP32-C3'), firmwareVersion: fc.stringMatching(/^[ -~]{1,31}$/) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(identities, bytes(8), fc.nat(), (identity, token, cut) => {
      const encoded = encodeIdentity(token, identity);
      assert.deepEqual(decodeIdentity(token, encoded), identity);
      assert.equal(decodeIdentity(token, encoded.subarray(0, cut % encoded.length)), undefined);
      assert.equal(decodeIdentity(token, Uint8Array.of(...encoded, 0)), undefined);
      assert.equal(
        decodeIdentity(
          token.map((byte) => byte ^ 1),
          encoded,
        ),
        undefined,
      );
    }),
  );
});

test('a piece of the facts is inside the whole, and the whole has an end', () => {
  const piece = { offset: 128, total: 200, bytes: new Uint8Array(72) };
  assert.deepEqual(decodeFactsPiece(encodeFactsPiece(piece)), piece);
  for (const change of [
    { bytes: new Uint8Array() },
    { bytes: new Uint8Array(73) },
    { total: MAX_FACTORY_DATA_BYTES + 1 },
    { offset: 0, bytes: new Uint8Array(FACTS_PIECE_BYTES + 1) },
  ]) {
    assert.equal(decodeFactsPiece(encodeFactsPiece({ ...piece, ...change })), undefined);
  }
  assert.equal(decodeFactsPiece(Uint8Array.of(0, 0, 1)), undefined);
});

test('three public keys have room in one answer', () => {
  assert.ok(1 + MAX_KEYS * PUBLIC_KEY_BYTES <= MAX_PAYLOAD_BYTES);
});

test('a station reads in a boot log whether key install is closed', () => {
  const digest = '0123456789abcdef'.repeat(4);
  assert.equal(closedDigestIn(`I (12) mkiot: ${closedLine(digest)}\r\n`), digest);
  assert.equal(closedDigestIn('I (12) mkiot: factory state'), undefined);
});
