import { base64Encode } from '@mkiot/core/bytes/base64';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { buildSecureCert } from './buildSecureCert.ts';
import { parseSecureCertCsv } from './parseSecureCertCsv.ts';
import { secureCertBytes } from './secureCertEntry.ts';

const HEADER = 'tlv_type,tlv_subtype,data_value,data_type,priv_key_type,algorithm,key_size,efuse_id,efuse_key';
const vector = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(`vectors/${name}`, import.meta.url)));
const parse = (...lines: readonly string[]) => parseSecureCertCsv(utf8Encode([HEADER, ...lines].join('\n')), vector);

test('the CSV of configure_esp_secure_cert.py becomes the partition that it makes of it', async () => {
  const entries = await parseSecureCertCsv(await vector('esp_secure_cert_config_examples.csv'), vector);
  const partition = buildSecureCert(entries, secureCertBytes(entries));
  assert.deepEqual(partition, await vector('esp_secure_cert.bin'));
});

test('data are text, hexadecimal, base64 or a file, and types are names or numbers', async () => {
  const [text, hex, base64, file] = await parse(
    'ESP_SECURE_CERT_USER_DATA_1_TLV,0,"a, b",string,,,,,',
    '52,7,DE AD,hex,,,,',
    '201,0,3q0=,base64',
    'ESP_SECURE_CERT_USER_DATA_5_TLV,0,ca_cert.pem,file,,,,,',
  );
  assert.deepEqual([text!.type, utf8Decode(text!.value)], [51, 'a, b']);
  assert.deepEqual([hex!.type, hex!.subtype, hex!.value], [52, 7, Uint8Array.of(0xde, 0xad)]);
  assert.deepEqual([base64!.type, base64!.value], [201, Uint8Array.of(0xde, 0xad)]);
  assert.deepEqual(file!.value, await vector('ca_cert.pem'));
});

test('a key is stored in its own form, as PEM with a zero behind it or as DER', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const asRead = async () => utf8Encode(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const row = utf8Encode(`${HEADER}\nESP_SECURE_CERT_PRIV_KEY_TLV,0,key,file,plaintext,ECDSA,256,,\n`);
  const [pem] = await parseSecureCertCsv(row, asRead);
  assert.equal(utf8Decode(pem!.value), `${privateKey.export({ type: 'sec1', format: 'pem' })}\0`);
  const [der] = await parseSecureCertCsv(row, async () => privateKey.export({ type: 'pkcs8', format: 'der' }));
  assert.deepEqual(der!.value, new Uint8Array(privateKey.export({ type: 'sec1', format: 'der' })));
});

test('what cannot be imported as it is meant is refused with its line, and without its value', async () => {
  const key = base64Encode(new Uint8Array(48).fill(7));
  for (const [line, code] of [
    ['ESP_SECURE_CERT_PRIV_KEY_TLV,0,priv_key.pem,file,rsa_ds,RSA,2048,1,', 'SECURE_CERT_CSV_KEY_TYPE'],
    ['ESP_SECURE_CERT_PRIV_KEY_TLV,0,priv_key.pem,file,ecdsa_peripheral,ECDSA,256,1,', 'SECURE_CERT_CSV_KEY_TYPE'],
    ['ESP_SECURE_CERT_PRIV_KEY_TLV,0,priv_key.pem,file,,,,,', 'SECURE_CERT_CSV_KEY_TYPE'],
    [`2,0,"-----BEGIN PRIVATE KEY-----${key}-----END PRIVATE KEY-----",string,plaintext,RSA,,,`, 'SECURE_CERT_CSV_KEY'],
    ['ESP_SECURE_CERT_PRIV_KEY_TLV,0,00,hex,plaintext,,,,', 'SECURE_CERT_CSV_CELL'],
    ['ESP_SECURE_CERT_DEV_CERT_TLV,0,no certificate,string,,,,,', 'SECURE_CERT_CSV_CERTIFICATE'],
    ['ESP_SECURE_CERT_DS_DATA_TLV,0,00,hex,,,,,', 'SECURE_CERT_CSV_CELL'],
    ['ESP_SECURE_CERT_USER_DATA_9_TLV,0,00,hex,,,,,', 'SECURE_CERT_CSV_CELL'],
    ['51,255,00,hex,,,,,', 'SECURE_CERT_CSV_CELL'],
    ['51,0,0,hex,,,,,', 'SECURE_CERT_CSV_CELL'],
    ['51,0,?,base64,,,,,', 'SECURE_CERT_CSV_CELL'],
    ['51,0,,string,,,,,', 'SECURE_CERT_CSV_CELL'],
  ] as const) {
    await assert.rejects(parse(line), (error: MkiotError) => {
      assert.equal(error.code, code, line);
      assert.match(error.message, /^Line 2/);
      assert.ok(!error.message.includes(key.slice(0, 8)));
      return true;
    });
  }
  await assert.rejects(parseSecureCertCsv(utf8Encode('key,type\n'), vector), { code: 'SECURE_CERT_CSV_HEADER' });
});

test('any CSV is TLVs or a clear error', async () => {
  const word = fc.constantFrom(
    'ESP_SECURE_CERT_PRIV_KEY_TLV',
    '51',
    '0',
    'file',
    'hex',
    'string',
    'plaintext',
    '"',
    ',',
    '\n',
    '-----BEGIN ',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 20 }), async (words) => {
      try {
        await parse(words.join(','));
      } catch (error) {
        assert.ok(error instanceof MkiotError || (error as NodeJS.ErrnoException).code === 'ENOENT', String(error));
      }
    }),
  );
});
