import { toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { sha256 } from '../../../bytes/sha256.ts';
import { buildNvs } from '../../../nvs/buildNvs.ts';
import { parseJobTable } from './jobTable.ts';
import { type JobReading, parseBatchRows } from './parseBatchRows.ts';
import { parseManufacturingConfig } from './manufacturingConfig.ts';

const noFile = (): Promise<never> => Promise.reject(new Error('no file was expected'));
const reading: JobReading = { source: 'units.csv', files: { read: noFile, readBeside: noFile } };

async function parseBatchJob(bytes: Uint8Array, given: JobReading) {
  const { options, rows } = parseJobTable(bytes, given.source);
  return { options, rows: await parseBatchRows(rows, given) };
}

const csv = (...lines: readonly string[]) => parseBatchJob(utf8Encode(lines.join('\n')), reading);
const json = (job: unknown, more: Partial<JobReading> = {}) =>
  parseBatchJob(utf8Encode(JSON.stringify(job)), { ...reading, ...more });

test('a row of a CSV is a unit with its board, its keys and its values', async () => {
  const { rows } = await csv(
    'device,mac,keys,factory:serial,factory:offset:i32,wifi:ssid',
    'pump-1,24-0A-C4-00-00-01,3,A 17,-5,',
    'pump-2,,,A 18,,home',
  );
  assert.deepEqual(rows, [
    {
      device: 'pump-1',
      mac: '24:0a:c4:00:00:01',
      keyCount: 3,
      nvs: [
        { namespace: 'factory' },
        { key: 'serial', type: 'string', value: 'A 17' },
        { key: 'offset', type: 'int32_t', value: -5n },
      ],
      secureCert: [],
    },
    {
      device: 'pump-2',
      mac: undefined,
      keyCount: undefined,
      nvs: [
        { namespace: 'factory' },
        { key: 'serial', type: 'string', value: 'A 18' },
        { namespace: 'wifi' },
        { key: 'ssid', type: 'string', value: 'home' },
      ],
      secureCert: [],
    },
  ]);
});

test('a count of units has numbered names and values, and options for all', async () => {
  const { rows, options } = await json({
    options: { profile: 'production' },
    units: [{ device: 'pump-{number:3}', count: 12, 'factory:serial': 'A{number}' }, { device: 'valve-1' }],
  });
  assert.deepEqual(options, { profile: 'production' });
  assert.deepEqual(
    [rows.length, rows[0]?.device, rows[11]?.device, rows[12]?.device],
    [13, 'pump-001', 'pump-012', 'valve-1'],
  );
  assert.deepEqual(rows[11]?.nvs[1], { key: 'serial', type: 'string', value: 'A12' });
});

/** Of the partitions that the utility makes of its sample. */
const SHA256 = [
  '999101e9a1c70139a8c0afaaecefb45bbef9461bf2ccfc7938fa54b96413e844',
  'cdc058610fad2d20de48d6baca78cd70dee69ecdadbda43f34db672694fe6101',
  '14eb8870203721c0f5440f7f1f018809be01e007cf2871ed2763a89b9d2d7685',
];

const vector = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`vectors/${name}`, import.meta.url)));

test('configuration and values of the manufacturing utility become the partitions that it makes', async () => {
  const config = parseManufacturingConfig(await vector('sample_config.csv'), 'config.csv');
  const { rows } = await parseBatchJob(await vector('sample_values_singlepage_blob.csv'), {
    source: 'values.csv',
    files: { read: vector, readBeside: noFile },
    config,
    device: 'unit-{id:2}',
  });
  assert.deepEqual(
    rows.map(({ device }) => device),
    ['unit-01', 'unit-02', 'unit-03'],
  );
  const partitions = rows.map(({ nvs }) => buildNvs(nvs, 0x5000));
  assert.deepEqual(partitions[1], await vector('Sample-2.bin'));
  assert.deepEqual(
    partitions.map((partition) => toHex(sha256(partition))),
    SHA256,
  );
});

test('blank lines are left out of a configuration, and what is none is refused with its line', () => {
  const parse = (text: string) => parseManufacturingConfig(utf8Encode(text), 'config.csv');
  assert.deepEqual(parse('\na,namespace,\n  \nk,data,u8,REPEAT\n'), [
    { namespace: 'a' },
    { key: 'k', type: 'data', encoding: 'u8', repeats: true },
  ]);
  for (const text of [
    'k,data,u8\n',
    '',
    'a,namespace,\nk,data\n',
    'a,namespace,\nk,data,u8,TWICE\n',
    'a,namespace,\nk,datum,u8\n',
  ]) {
    assert.throws(() => parse(text), { code: 'BATCH_CONFIG_INVALID', message: /config\.csv/ }, text);
  }
});

test('values that lack a key of the configuration, or have it in another order, are refused', async () => {
  const config = parseManufacturingConfig(utf8Encode('a,namespace,\none,data,u8\ntwo,data,u8\n'), 'config.csv');
  const parse = (text: string) => parseBatchJob(utf8Encode(text), { ...reading, config });
  for (const text of ['device,one\npump-1,1\n', 'device,two,one\npump-1,1,2\n']) {
    await assert.rejects(parse(text), { code: 'BATCH_CONFIG_KEY' });
  }
});

test('certificates of a unit come from the CSV that its row names, and their files lie beside that', async () => {
  const heading = 'tlv_type,tlv_subtype,data_value,data_type,priv_key_type';
  const files = {
    read: async (path: string) => utf8Encode(`${heading}\n51,0,${path}.bin,file,\n`),
    readBeside: async (path: string, beside: string) => utf8Encode(`${path} beside ${beside}`),
  };
  const job = { units: [{ device: 'pump-1', esp_secure_cert: 'certs/1.csv' }] };
  const { rows } = await json(job, { files });
  assert.equal(String.fromCodePoint(...rows[0]!.secureCert[0]!.value), 'certs/1.csv.bin beside certs/1.csv');
});

test('a job that says something wrong is refused with its line, before any board is touched', async () => {
  for (const [lines, code, says] of [
    [['device'], 'BATCH_JOB_INVALID', /no units/],
    [['device;mac', 'pump-1;x'], 'BATCH_JOB_INVALID', /semicolons/],
    [['device,mac', 'pump-1'], 'BATCH_ROW_INVALID', /line 2: it has 1 cells/],
    [['device,colour', 'pump-1,red'], 'BATCH_COLUMN_UNKNOWN', /"colour"/],
    [['device', '1pump'], 'BATCH_ROW_INVALID', /line 2: a device id/],
    [['device,mac', 'pump-1,25:0a:c4:00:00:01'], 'BATCH_ROW_INVALID', /mac has to be/],
    [['device,keys', 'pump-1,4'], 'BATCH_ROW_INVALID', /keys has to be/],
    [['device,count', 'pump-1,0'], 'BATCH_ROW_INVALID', /count has to be/],
    [['device,count', 'pump-1,2'], 'BATCH_ROW_INVALID', /pump-1 is in line 2 already/],
    [['device', 'pump-1', 'pump-1'], 'BATCH_ROW_INVALID', /line 3: pump-1 is in line 2 already/],
    [['device,a:k:u8', 'pump-1,?secret?'], 'BATCH_ROW_INVALID', /line 2: The value/],
    [['device,a:k:u9', 'pump-1,1'], 'BATCH_ROW_INVALID', /encoding/],
    [['device,a:a-key-that-is-long', 'pump-1,1'], 'BATCH_ROW_INVALID', /no name for NVS/],
  ] as const) {
    await assert.rejects(csv(...lines), (error: MkiotError) => {
      assert.equal(error.code, code, lines.join('|'));
      assert.match(error.message, says);
      assert.ok(!error.message.includes('secret'));
      return true;
    });
  }
  for (const job of [{}, { units: {} }, { units: [1] }, { units: [{ device: ['a'] }] }, { units: [{}], more: 1 }]) {
    await assert.rejects(json(job), { message: /units\.csv/ });
  }
  await assert.rejects(json({ units: [{ device: 'pump-1', 'a:k:u64': 2 ** 60 }] }), { code: 'BATCH_ROW_INVALID' });
  await assert.rejects(json({ units: [{ id: '1' }] }, { device: 'pump-{ID}' }), { code: 'BATCH_COLUMN_UNKNOWN' });
});

test('any bytes are a job or a clear error', async () => {
  const word = fc.constantFrom('device', 'mac', 'count', 'a:b', '{', '}', '"', ',', '\n', 'pump-1', '1', ':', '[');
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 20 }), async (words) => {
      await csv(words.join('')).catch((error: unknown) => assert.ok(error instanceof MkiotError, String(error)));
    }),
  );
});
