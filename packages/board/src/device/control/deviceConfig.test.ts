import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import { type DeviceConfig, parseDeviceConfig } from './deviceConfig.ts';

const SENSORS = ['temperature', 'battery'];

function parse(config: unknown): DeviceConfig {
  return parseDeviceConfig(utf8Encode(JSON.stringify(config)), SENSORS);
}

const defaults: DeviceConfig = {
  intervalMs: 10_000,
  heartbeatIntervalMs: 60_000,
  sensors: {
    temperature: { enabled: true, preprocessing: [] },
    battery: { enabled: true, preprocessing: [] },
  },
};

test('an empty config and an empty object are all defaults', () => {
  assert.deepEqual(parseDeviceConfig(new Uint8Array(), SENSORS), defaults);
  assert.deepEqual(parse({}), defaults);
});

test('what is written is taken, what is left out has its default', () => {
  const preprocessing = [
    { kind: 'window', durationMs: 60_000 },
    { kind: 'deadBand', delta: 0.2, maxSilenceMs: 600_000 },
    { kind: 'threshold', below: 3.6 },
  ];
  assert.deepEqual(
    parse({ intervalMs: 500, sensors: { temperature: { preprocessing }, battery: { enabled: false } } }),
    {
      intervalMs: 500,
      heartbeatIntervalMs: 60_000,
      sensors: {
        temperature: {
          enabled: true,
          preprocessing: [...preprocessing.slice(0, 2), { kind: 'threshold', below: 3.6, hysteresis: 0 }],
        },
        battery: { enabled: false, preprocessing: [] },
      },
    },
  );
});

function stages(...preprocessing: unknown[]): unknown {
  return { sensors: { temperature: { preprocessing } } };
}

const refused: readonly (readonly [unknown, string, RegExp])[] = [
  [[], 'MEMBER_INVALID', /^config must be an object; it is a list of 0/],
  [null, 'MEMBER_INVALID', /^config must be an object; it is null/],
  [{ interval: 5 }, 'MEMBER_UNKNOWN', /config\.interval is not known .*intervalMs, heartbeatIntervalMs/],
  [{ intervalMs: 99 }, 'MEMBER_INVALID', /config\.intervalMs must be a whole number from 100 to 86400000; it is 99/],
  [{ intervalMs: 100.5 }, 'MEMBER_INVALID', /it is 100\.5/],
  [{ intervalMs: '500' }, 'MEMBER_INVALID', /it is a text of 3 characters/],
  [{ intervalMs: null }, 'MEMBER_INVALID', /it is null/],
  [{ sensors: { humidity: {} } }, 'MEMBER_UNKNOWN', /config\.sensors\.humidity .*temperature, battery/],
  [
    { sensors: { temperature: { enabled: 1 } } },
    'MEMBER_INVALID',
    /temperature\.enabled must be true or false; it is 1/,
  ],
  [
    { sensors: { temperature: { preprocessing: {} } } },
    'MEMBER_INVALID',
    /a list of at most 8 objects; it is an object/,
  ],
  [stages(...Array.from({ length: 9 }, () => ({}))), 'MEMBER_INVALID', /it is a list of 9/],
  [stages('window'), 'MEMBER_INVALID', /preprocessing\[0\] must be an object/],
  [stages({}), 'MEMBER_MISSING', /preprocessing\[0\]\.kind is missing; it must be one of window, deadBand, threshold/],
  [stages({ kind: 'median' }), 'MEMBER_INVALID', /kind must be one of/],
  [stages({ kind: 'window' }), 'MEMBER_MISSING', /preprocessing\[0\]\.durationMs is missing/],
  [stages({ kind: 'window', durationMs: 0 }), 'MEMBER_INVALID', /durationMs/],
  [stages({ kind: 'window', durationMs: 1, mean: true }), 'MEMBER_UNKNOWN', /preprocessing\[0\]\.mean/],
  [stages({ kind: 'deadBand', delta: -1 }), 'MEMBER_INVALID', /delta must be a number from 0/],
  [stages({ kind: 'threshold' }), 'THRESHOLD_AMBIGUOUS', /preprocessing\[0\] needs exactly one/],
  [stages({ kind: 'threshold', above: 1, below: 0 }), 'THRESHOLD_AMBIGUOUS', /exactly one/],
  [stages({ kind: 'threshold', above: 1, hysteresis: -1 }), 'MEMBER_INVALID', /hysteresis/],
];
for (const [config, code, message] of refused) {
  test(`the config ${JSON.stringify(config).slice(0, 80)} is refused with its place`, () => {
    assert.throws(() => parse(config), { code, message });
  });
}

test('a member named __proto__ is unknown like any other', () => {
  const bytes = utf8Encode('{"__proto__": {"intervalMs": 500}}');
  assert.throws(() => parseDeviceConfig(bytes, SENSORS), { code: 'MEMBER_UNKNOWN', message: /config\.__proto__/ });
});

test('what is no JSON, no UTF-8 or huge is refused without repeating it', () => {
  for (const bytes of [utf8Encode('{"password": hunter2'), Uint8Array.of(0xff), utf8Encode('{} {}')]) {
    assert.throws(() => parseDeviceConfig(bytes, SENSORS), {
      code: 'DOCUMENT_NOT_JSON',
      message: /^The config is not JSON/,
    });
  }
  assert.throws(() => parseDeviceConfig(new Uint8Array(65_537), SENSORS), {
    code: 'DOCUMENT_TOO_LARGE',
    message: /65537/,
  });
  const deep = utf8Encode('['.repeat(32_000) + ']'.repeat(32_000));
  assert.throws(() => parseDeviceConfig(deep, SENSORS), { code: 'MEMBER_INVALID' });
});

test('a text or a long name in a config never stands in an error', () => {
  const long = 'secret'.repeat(100);
  for (const config of [{ intervalMs: long }, { [long]: 1 }, stages({ kind: long })]) {
    assert.throws(
      () => parse(config),
      (error: Error) => !error.message.includes(long.slice(0, 65)) && error.message.length < 400,
    );
  }
});

test('any JSON is either a config or refused with a code', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        const config = parseDeviceConfig(utf8Encode(text), SENSORS);
        assert.ok(Number.isInteger(config.intervalMs));
      } catch (error) {
        assert.ok(error instanceof MkiotError);
      }
    }),
  );
});

test('a config that was written out reads as itself', () => {
  const config = parse(stages({ kind: 'threshold', above: 30, hysteresis: 1 }, { kind: 'deadBand', delta: 1 }));
  assert.deepEqual(parse(config), config);
});
