import { concatBytes } from '@mkiot/core/bytes/bytes';
import { expectBytes, expectEqual, type ReadVector, type VectorCheck } from '../vectors.testing.ts';
import { buildSecureCert } from './buildSecureCert.ts';
import { parseSecureCert } from './parseSecureCert.ts';
import { SECURE_CERT_TYPES, valueProtection } from './secureCertEntry.ts';
import { checkIntegrity } from './secureCertIntegrity.ts';

const { CA_CERT, DEV_CERT, PRIV_KEY, USER_DATA_1, USER_DATA_2, INTEGRITY } = SECURE_CERT_TYPES;

export const checks: readonly VectorCheck[] = [
  { name: "a partition of esp_secure_cert's tests holds its certificates and its key in clear", run: checkKeyInClear },
  {
    name: 'a partition of configure_esp_secure_cert.py is read, its integrity checked, and built again',
    run: checkMany,
  },
];

async function checkKeyInClear(read: ReadVector): Promise<void> {
  const partition = await read(vector('cust_flash_tlv.bin'));
  const entries = parseSecureCert(partition);
  expectBytes(buildSecureCert(entries), partition, 'the partition');
  expectEqual(entries.map(({ type }) => type).join(), [DEV_CERT, CA_CERT, PRIV_KEY].join(), 'the types');
  for (const [index, name] of ['device_cert.pem', 'ca_cert.pem', 'priv_key.pem'].entries()) {
    const entry = entries[index];
    if (entry === undefined) throw new Error(`${name} is missing`);
    expectEqual(valueProtection(entry), 'plain', name);
    // PEM is stored with a zero behind it.
    expectBytes(entry.value, concatBytes(await read(vector(name)), new Uint8Array(1)), name);
  }
}

async function checkMany(read: ReadVector): Promise<void> {
  const partition = await read(vector('esp_secure_cert.bin'));
  const entries = parseSecureCert(partition);
  await checkIntegrity(partition, entries);
  const types = [CA_CERT, CA_CERT, DEV_CERT, PRIV_KEY, USER_DATA_1, USER_DATA_2, INTEGRITY];
  expectEqual(entries.map(({ type }) => type).join(), types.join(), 'the types');
  expectEqual(entries.map(({ subtype }) => subtype).join(), '0,1,0,0,0,0,0', 'the subtypes');
  expectBytes(buildSecureCert(entries, partition.length), partition, 'the partition');
}

function vector(name: string): URL {
  return new URL(`vectors/${name}`, import.meta.url);
}
