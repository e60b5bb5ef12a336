import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { auditTrailMigrations } from '../auditTrail/migrations.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { sql } from 'kysely';
import { registryMigrations } from './migrations.ts';
import { deviceName, registryBench } from './registry.testing.ts';
import { firstUserOfKey } from './usedKeys.ts';

const newPem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
const credentials = (pem: string) => [{ format: 'ES256_PEM' as const, pem, expiresAtMs: undefined }];

test('of several devices with one key the first counts, in whatever text the key came, and for ever', async () => {
  await using bench = await registryBench();
  const pem = newPem();
  const first = await bench.devices.create(deviceName('pump-1'), { credentials: credentials(pem) }, 'local:test');
  const otherText = pem.replaceAll('\n', '\r\n');
  await bench.devices.create(deviceName('pump-2'), { credentials: credentials(otherText) }, 'local:test');
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  assert.equal(await firstUserOfKey(bench.database.executor, otherText), first.numId);
  assert.equal(await firstUserOfKey(bench.database.executor, newPem()), undefined);
});

for (const [what, pem] of [
  ['behind a word on the line of its beginning', `key: ${newPem()}`],
  ['below a word about a "-----BEGIN CERTIFICATE-----"', `no -----BEGIN CERTIFICATE-----\n${newPem()}`],
] as const) {
  test(`a key that the registry takes ${what} is remembered`, async () => {
    await using bench = await registryBench();
    const { numId } = await bench.devices.create(deviceName('pump-1'), { credentials: credentials(pem) }, 'local:test');
    assert.equal(await firstUserOfKey(bench.database.executor, pem), numId);
  });
}

test('keys that devices had before keys were remembered count as used, and one that cannot be read stops no start', async () => {
  const database = new Database(':memory:');
  const { '0270-used-key': added, ...before } = registryMigrations;
  assert.ok(added);
  await migrate(database, ':memory:', { ...auditTrailMigrations, ...before });
  const pem = newPem();
  await sql`insert into issued_num_id values (4711)`.execute(database.executor);
  await sql`insert into registry (key, project, location, id, mqtt_state, http_state, log_level, max_token_lifetime_ms,
    max_session_ms, strict_state_rate, certificates) values (1, 'p', 'l', 'r', '', '', '', 1, 1, 0, '[]')`.execute(
    database.executor,
  );
  await sql`insert into device values (4711, 1, 'pump-1', 0, '{}', '', '', '')`.execute(database.executor);
  for (const [position, text] of ['of older rules', pem].entries()) {
    await sql`insert into device_credential (num_id, format, pem, position)
      values (4711, 'ES256_PEM', ${text}, ${position})`.execute(database.executor);
  }
  await migrate(database, ':memory:', { ...auditTrailMigrations, ...registryMigrations });
  assert.equal(await firstUserOfKey(database.executor, pem), 4711);
  await database.close();
});
