import { z } from '@hono/zod-openapi';
import { LOG_LEVELS } from '@mkiot/core/api/resources';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as protoJson from './protoJson.ts';

function outcome(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  return result.success ? result.data : 'refused';
}

const ROWS: readonly [
  name: string,
  schema: z.ZodType,
  cases: readonly (readonly [input: unknown, output: unknown])[],
][] = [
  [
    'an enum',
    protoJson.enumOf(LOG_LEVELS),
    [
      ['INFO', 'INFO'],
      [30, 'INFO'],
      ['30', 'INFO'],
      [0, 'LOG_LEVEL_UNSPECIFIED'],
      [31, 'refused'],
      ['info', 'refused'],
      ['', 'refused'],
      [true, 'refused'],
      [[30], 'refused'],
      [undefined, 'refused'],
      ['toString', 'refused'],
    ],
  ],
  [
    'an int32',
    protoJson.int32({ min: 0, max: 500 }),
    [
      [0, 0],
      ['500', 500],
      [501, 'refused'],
      [-1, 'refused'],
      [1.5, 'refused'],
      ['1.5', 'refused'],
      ['', 'refused'],
      [' 1', 'refused'],
      ['0x10', 'refused'],
      [[1], 'refused'],
      [null, 'refused'],
    ],
  ],
  [
    'a uint64',
    protoJson.uint64(),
    [
      ['0', 0],
      [7, 7],
      ['9007199254740991', 9_007_199_254_740_991],
      ['9007199254740993', 'refused'],
      ['18446744073709551615', 'refused'],
      ['-1', 'refused'],
    ],
  ],
  [
    'a bool',
    protoJson.bool(),
    [
      [true, true],
      ['false', false],
      ['yes', 'refused'],
      [1, 'refused'],
      ['constructor', 'refused'],
    ],
  ],
  [
    'a timestamp',
    protoJson.timestamp(),
    [
      ['2023-11-14T22:13:20.000Z', 1_700_000_000_000],
      ['2023-11-14T22:13:20Z', 1_700_000_000_000],
      ['2023-11-14T22:13:20.123456789Z', 1_700_000_000_123],
      ['2023-11-14t23:13:20.5+01:00', 1_700_000_000_500],
      ['2024-02-29T00:00:00Z', 1_709_164_800_000],
      ['2023-02-29T00:00:00Z', 'refused'],
      ['2023-11-14T24:00:00Z', 'refused'],
      ['2023-11-14T22:13:60Z', 'refused'],
      ['2023-11-14T22:13:20', 'refused'],
      ['2023-11-14', 'refused'],
      ['2023-11-14T22:13:20.1234567890Z', 'refused'],
      [1_700_000_000, 'refused'],
    ],
  ],
  [
    'a duration',
    protoJson.duration(),
    [
      ['3600s', 3_600_000],
      ['0.5s', 500],
      ['1.000000001s', 1_000],
      ['3600', 'refused'],
      ['-1s', 'refused'],
      ['1h', 'refused'],
      [3600, 'refused'],
    ],
  ],
  [
    'bytes',
    protoJson.bytes(),
    [
      ['', new Uint8Array()],
      ['_-8=', Uint8Array.of(255, 239)],
      ['/+8', Uint8Array.of(255, 239)],
      ['123', 'refused'],
      ['*', 'refused'],
      [123, 'refused'],
    ],
  ],
  [
    'a field mask',
    protoJson.fieldMask(),
    [
      ['', []],
      ['blocked', ['blocked']],
      ['mqtt_config,policy.max_session', ['mqttConfig', 'policy.maxSession']],
      ['mqttConfig.mqttEnabledState', ['mqttConfig.mqttEnabledState']],
      ['a,,b', 'refused'],
      ['a.', 'refused'],
      ['*', 'refused'],
      ['metadata.a-b', 'refused'],
    ],
  ],
  [
    'a repeated parameter',
    protoJson.repeated(z.string()),
    [
      ['one', ['one']],
      [
        ['one', 'two'],
        ['one', 'two'],
      ],
    ],
  ],
];

for (const [name, schema, cases] of ROWS) {
  for (const [input, output] of cases) {
    test(`${name}: ${JSON.stringify(input)} is ${output === 'refused' ? 'refused' : 'understood'}`, () => {
      assert.deepEqual(outcome(schema, input), output);
    });
  }
}

const key = protoJson.message({
  publicKey: protoJson.message({ key: z.string() }).optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

test('members of a message come in snake_case or camelCase, and keys of a map stay as they are', () => {
  assert.deepEqual(outcome(key, { public_key: { key: 'k' }, labels: { my_site: 'x' } }), {
    publicKey: { key: 'k' },
    labels: { my_site: 'x' },
  });
  assert.deepEqual(outcome(key, { publicKey: null }), {});
});

for (const [what, value] of [
  ['an unknown member', { other: 1 }],
  ['a member in both spellings', { public_key: { key: 'a' }, publicKey: { key: 'b' } }],
  ['a list', []],
  ['a text', 'publicKey'],
  ['a member that would change the prototype', JSON.parse('{"__proto__":{"publicKey":{"key":"k"}}}')],
] as const) {
  test(`a message refuses ${what}`, () => assert.equal(outcome(key, value), 'refused'));
}

test('what is wrong with a value is told without the value', () => {
  const secret = 'hush-hush';
  const schema = protoJson.message({ a: protoJson.bytes(), b: protoJson.timestamp(), c: protoJson.int32() });
  const result = schema.safeParse({ a: secret, b: secret, c: secret });
  assert.equal(result.error?.issues.length, 3);
  assert.ok(!JSON.stringify(result.error?.issues).includes(secret));
});

test('every time comes back from its text, and so does every duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(0), max: Date.UTC(9999, 11, 31) }), (timeMs) => {
      assert.equal(outcome(protoJson.timestamp(), protoJson.formatTimestamp(timeMs)), timeMs);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (durationMs) => {
      assert.equal(outcome(protoJson.duration(), protoJson.formatDuration(durationMs)), durationMs);
    }),
  );
});

test('a whole number is the same as a JSON number and as a text', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (number) => {
      assert.equal(outcome(protoJson.uint64(), number), number);
      assert.equal(outcome(protoJson.uint64(), String(number)), number);
    }),
  );
});

test('bytes come back from all four spellings of base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
      const standard = Buffer.from(data).toString('base64');
      for (const text of [standard, standard.replaceAll('=', ''), Buffer.from(data).toString('base64url')]) {
        assert.deepEqual(outcome(protoJson.bytes(), text), Uint8Array.from(data));
      }
    }),
  );
});

test('no text at all makes a helper throw', () => {
  const helpers = ROWS.map(([, schema]) => schema);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.jsonValue()), (value) => {
      for (const schema of helpers) outcome(schema, value);
      outcome(key, value);
    }),
  );
});

test('a message of very many unknown members is refused as fast as one of few', () => {
  const schema = protoJson.message({ name: z.string() });
  const members = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`m${index}`, 0]));
  const startedMs = performance.now();
  assert.equal(outcome(schema, members), 'refused');
  assert.equal(outcome(schema, { ...members, device_name: 1, deviceName: 1 }), 'refused');
  // To compare each with each takes minutes.
  assert.ok(performance.now() - startedMs < 10_000);
});
