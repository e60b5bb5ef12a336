import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { authBench, bearer } from './auth.testing.ts';

const ADDRESS = '192.0.2.1';
const HOUR_MS = 3_600_000;

test('the code of the first start gives the first administrator, once', async () => {
  await using bench = await authBench();
  const issued = await bench.setup.issueIfNobodyHasToken();
  assert.match(issued?.code ?? '', /^[A-Za-z0-9_-]{22}$/);
  const { record, text } = await bench.setup.exchange(issued!.code, ADDRESS);
  assert.equal(record.role, 'admin');
  assert.ok((await bench.tokens.authenticate(bearer(text), ADDRESS)).allows('mkiot.tokens.manage', {}));
  await assert.rejects(bench.setup.exchange(issued!.code, ADDRESS), { code: 'SETUP_CODE_REFUSED' });
  assert.equal(await bench.setup.issueIfNobodyHasToken(), undefined);
});

test('two who send the code at the same moment get one token between them', async () => {
  await using bench = await authBench();
  const { code } = await bench.setup.issue('local:root');
  const results = await Promise.allSettled([
    bench.setup.exchange(code, ADDRESS),
    bench.setup.exchange(code, '192.0.2.2'),
  ]);
  assert.deepEqual(results.map((result) => result.status).toSorted(), ['fulfilled', 'rejected']);
  assert.equal((await bench.tokens.list()).length, 1);
});

test('a code works for an hour', async () => {
  await using bench = await authBench();
  const first = await bench.setup.issue('local:root');
  bench.parts.clock.advance(HOUR_MS - 1);
  await bench.setup.exchange(first.code, ADDRESS);
  const second = await bench.setup.issue('local:root');
  bench.parts.clock.advance(HOUR_MS);
  await assert.rejects(bench.setup.exchange(second.code, ADDRESS), { code: 'SETUP_CODE_REFUSED' });
  assert.equal(bench.refused.at(-1)?.reason, 'the set-up code has expired');
});

test('a new code makes the one before it worthless', async () => {
  await using bench = await authBench();
  const first = await bench.setup.issue('local:root');
  const second = await bench.setup.issue('local:root');
  await assert.rejects(bench.setup.exchange(first.code, ADDRESS), { code: 'SETUP_CODE_REFUSED' });
  await bench.setup.exchange(second.code, ADDRESS);
});

test('without a code nothing is accepted', async () => {
  await using bench = await authBench();
  for (const code of ['', 'AAAAAAAAAAAAAAAAAAAAAA']) {
    await assert.rejects(bench.setup.exchange(code, ADDRESS), { code: 'SETUP_CODE_REFUSED' });
  }
});

test('who guesses ten times waits ten minutes, and nobody else does', async () => {
  await using bench = await authBench();
  const { code } = await bench.setup.issue('local:root');
  for (let guess = 0; guess < 10; guess++) {
    await assert.rejects(bench.setup.exchange('guess', ADDRESS), { code: 'SETUP_CODE_REFUSED' });
  }
  await assert.rejects(bench.setup.exchange(code, ADDRESS), { code: 'SETUP_ATTEMPTS_EXCEEDED' });
  bench.parts.clock.advance(599_999);
  await assert.rejects(bench.setup.exchange(code, ADDRESS), { code: 'SETUP_ATTEMPTS_EXCEEDED' });
  await bench.setup.exchange(code, '192.0.2.2');
  const next = await bench.setup.issue('local:root');
  bench.parts.clock.advance(1);
  await bench.setup.exchange(next.code, ADDRESS);
});

test('the code is kept as a hash only, and the audit trail tells who made it and from where it was used', async () => {
  await using bench = await authBench();
  const { code } = await bench.setup.issue('token:1 (ops)');
  const { rows } = await sql`select * from setup_code`.execute(bench.parts.database.executor);
  assert.ok(!Buffer.from((rows[0] as { code_sha256: Uint8Array }).code_sha256).includes(code));
  const { record } = await bench.setup.exchange(code, ADDRESS);
  const entries = await bench.parts.auditTrail.list(2);
  assert.deepEqual(
    entries.map(({ action, principal, resource }) => [action, principal, resource]),
    [
      ['exchangeSetupCode', 'setup-link (192.0.2.1)', `projects/mkiot-abc123/tokens/${record.id}`],
      ['issueSetupCode', 'token:1 (ops)', 'projects/mkiot-abc123/setupCode'],
    ],
  );
  assert.ok(!JSON.stringify(entries).includes(code));
});
