import { PERMISSIONS, type Role, roleAllows, ROLES } from '@mkiot/core/contract/permissions';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { formatApiToken, newApiToken, parseApiToken } from './apiToken.ts';
import { authBench, bearer, PLACE } from './auth.testing.ts';
import { localAdmin, tokenCaller } from './callers.ts';

const ADMIN = localAdmin('root');
const ADDRESS = '192.0.2.1';
const REGISTRY = 'projects/mkiot-abc123/locations/local/registries/pumps';
const IN_REGISTRY = { ...PLACE, registry: 'pumps' };

test('every token text comes back from its parts, and a changed character makes another or none', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 40, maxLength: 40 }),
      fc.nat(65),
      fc.string({ minLength: 1, maxLength: 1 }),
      (random, position, other) => {
        let offset = 0;
        const token = newApiToken((bytes) => {
          bytes.set(random.subarray(offset, (offset += bytes.length)));
          return bytes;
        });
        const text = formatApiToken(token);
        assert.equal(text.length, 66);
        assert.deepEqual(parseApiToken(text), token);
        const changed = text.slice(0, position) + other + text.slice(position + 1);
        if (changed !== text) assert.notDeepEqual(parseApiToken(changed), token);
      },
    ),
  );
});

for (const text of ['', 'mkiot__', 'mkiot_0123456789abcdef_', ' mkiot', `mkiot_0123456789ABCDEF_${'a'.repeat(43)}`]) {
  test(`${JSON.stringify(text)} is no token`, () => assert.equal(parseApiToken(text), undefined));
}

for (const role of Object.keys(ROLES) as Role[]) {
  test(`a token of the role ${role} allows what the role allows and nothing else`, async () => {
    await using bench = await authBench();
    const caller = await bench.tokens.authenticate(bearer(await bench.tokenOf(role)), ADDRESS);
    assert.match(caller.principal, new RegExp(`^token:[0-9a-f]{16} \\(${role}\\)$`));
    for (const permission of PERMISSIONS) {
      assert.equal(caller.allows(permission, {}), roleAllows(role, permission), permission);
    }
  });
}

test('a token for one registry is good for nothing else', async () => {
  await using bench = await authBench();
  const caller = await bench.tokens.authenticate(bearer(await bench.tokenOf('admin', REGISTRY)), ADDRESS);
  assert.ok(caller.allows('cloudiot.devices.get', IN_REGISTRY));
  assert.ok(caller.allows('cloudiot.devices.get', { ...IN_REGISTRY, device: 'pump-1' }));
  assert.ok(!caller.allows('cloudiot.devices.get', { ...IN_REGISTRY, registry: 'valves' }));
  assert.ok(!caller.allows('cloudiot.devices.get', { ...IN_REGISTRY, location: 'elsewhere' }));
  assert.ok(!caller.allows('mkiot.tokens.manage', { project: PLACE.project }));
  assert.ok(!caller.allows('mkiot.events.read', {}));
});

test('what is wrong with a token the caller does not learn, and the operator does', async () => {
  await using bench = await authBench();
  const { clock } = bench.parts;
  const token = await bench.tokenOf('viewer');
  const { id, secret } = parseApiToken(token)!;
  const revoked = await bench.tokens.create({ name: 'old', role: 'viewer' }, ADMIN);
  await bench.tokens.revoke(revoked.record.id, ADMIN.principal);
  const brief = await bench.tokens.create({ name: 'brief', role: 'viewer', expiresAtMs: clock.now() + 60_000 }, ADMIN);
  await bench.tokens.authenticate(bearer(brief.text), ADDRESS);
  clock.advance(60_000);

  const otherSecret = secret.startsWith('A') ? `B${secret.slice(1)}` : `A${secret.slice(1)}`;
  for (const [text, reason, tokenId] of [
    ['guess', 'it is not a token of MkIoT', undefined],
    [`${token} `.repeat(2), 'it is not a token of MkIoT', undefined],
    [formatApiToken({ id: '0'.repeat(16), secret }), 'it is unknown or revoked', '0'.repeat(16)],
    [formatApiToken({ id, secret: otherSecret }), 'its secret is wrong', id],
    [revoked.text, 'it is unknown or revoked', revoked.record.id],
    [brief.text, 'it has expired', brief.record.id],
  ] as const) {
    const error = await bench.tokens.authenticate(bearer(text), ADDRESS).then(
      () => assert.fail('accepted'),
      (caught: Error & { code?: string }) => caught,
    );
    assert.equal(error.code, 'TOKEN_REFUSED');
    assert.ok(!error.message.includes(text));
    const told = bench.refused.at(-1);
    assert.deepEqual([told?.address, told?.reason, told?.tokenId], [ADDRESS, reason, tokenId]);
    assert.ok(!JSON.stringify(told).includes(secret));
    clock.advance(10_000);
  }
  await assert.rejects(bench.tokens.authenticate(new Headers(), ADDRESS), { code: 'TOKEN_MISSING' });
});

test('a flood of wrong tokens from one address is one line of the log in ten seconds', async () => {
  await using bench = await authBench();
  for (let index = 0; index < 50; index++) {
    await assert.rejects(bench.tokens.authenticate(bearer('guess'), ADDRESS));
  }
  await assert.rejects(bench.tokens.authenticate(bearer('guess'), '192.0.2.2'));
  assert.equal(bench.refused.length, 2);
  bench.parts.clock.advance(10_000);
  await assert.rejects(bench.tokens.authenticate(bearer('guess'), ADDRESS));
  assert.equal((bench.refused[2] as unknown as { suppressed: number }).suppressed, 49);
});

test('a token can be made with the rights of its maker, and with none beyond them', async () => {
  await using bench = await authBench();
  const { clock } = bench.parts;
  const endsAtMs = clock.now() + 3_600_000;
  const record = { id: '1', name: 'maker', createdAtMs: 0, lastUsedAtMs: undefined };
  const editor = tokenCaller({ ...record, role: 'editor', registry: undefined, expiresAtMs: endsAtMs });
  const inRegistry = tokenCaller({ ...record, role: 'editor', registry: REGISTRY, expiresAtMs: undefined });

  for (const [caller, token, excess] of [
    [ADMIN, { role: 'admin' }, undefined],
    [editor, { role: 'editor', expiresAtMs: endsAtMs }, undefined],
    [editor, { role: 'viewer', expiresAtMs: endsAtMs - 1, registry: REGISTRY }, undefined],
    [editor, { role: 'admin', expiresAtMs: endsAtMs }, /the permission mkiot/],
    [editor, { role: 'viewer' }, /longer life/],
    [editor, { role: 'viewer', expiresAtMs: endsAtMs + 1 }, /longer life/],
    [inRegistry, { role: 'viewer', registry: REGISTRY }, undefined],
    [inRegistry, { role: 'viewer' }, /everywhere/],
    [inRegistry, { role: 'viewer', registry: `${REGISTRY}2` }, /the permission/],
    [inRegistry, { role: 'admin', registry: REGISTRY }, /the permission/],
  ] as const) {
    const made = bench.tokens.create({ name: 'made', ...token }, caller);
    if (excess === undefined) await made;
    else await assert.rejects(made, { code: 'TOKEN_EXCEEDS_CALLER', message: excess });
  }
});

for (const [what, token, code] of [
  ['an empty name', { name: '' }, 'TOKEN_NAME_UNFIT'],
  ['a blank name', { name: '  ' }, 'TOKEN_NAME_UNFIT'],
  ['a name with a line break', { name: 'a\nb' }, 'TOKEN_NAME_UNFIT'],
  ['a name that turns the text around', { name: 'a\u202Eb' }, 'TOKEN_NAME_UNFIT'],
  ['a name of 101 characters', { name: 'a'.repeat(101) }, 'TOKEN_NAME_UNFIT'],
  ['an end in the past', { expiresAtMs: 1 }, 'TOKEN_EXPIRY_PAST'],
  ['a registry that is no name', { registry: 'pumps' }, 'TOKEN_REGISTRY_UNFIT'],
] as const) {
  test(`a token with ${what} is refused`, async () => {
    await using bench = await authBench();
    await assert.rejects(bench.tokens.create({ name: 'pump team', role: 'viewer', ...token }, ADMIN), { code });
    assert.deepEqual(await bench.tokens.list(), []);
  });
}

test('the audit trail tells who made and who revoked a token, and never the token', async () => {
  await using bench = await authBench();
  const { record, text } = await bench.tokens.create({ name: 'pump team', role: 'viewer' }, ADMIN);
  await bench.tokens.revoke(record.id, ADMIN.principal);
  await assert.rejects(bench.tokens.revoke(record.id, ADMIN.principal), { code: 'TOKEN_NOT_FOUND' });
  const entries = await bench.parts.auditTrail.list(10);
  assert.deepEqual(
    entries.map(({ action, principal, resource }) => [action, principal, resource]),
    ['revokeToken', 'createToken'].map((action) => [action, 'local:root', `projects/mkiot-abc123/tokens/${record.id}`]),
  );
  assert.ok(!JSON.stringify(entries).includes(parseApiToken(text)!.secret));
});

test('the last use of a token is told to the minute', async () => {
  await using bench = await authBench();
  const { clock } = bench.parts;
  const token = await bench.tokenOf('viewer');
  const lastUsed = async () => (await bench.tokens.list())[0]?.lastUsedAtMs;
  assert.equal(await lastUsed(), undefined);
  const first = clock.now();
  await bench.tokens.authenticate(bearer(token), ADDRESS);
  clock.advance(59_999);
  await bench.tokens.authenticate(bearer(token), ADDRESS);
  assert.equal(await lastUsed(), first);
  clock.advance(1);
  await bench.tokens.authenticate(bearer(token), ADDRESS);
  assert.equal(await lastUsed(), first + 60_000);
});

test('a token is good also when its last use cannot be written', async () => {
  await using bench = await authBench();
  const token = await bench.tokenOf('viewer');
  const { executor } = bench.parts.database;
  await sql`create trigger full before update on api_token begin select raise(abort, 'disk full'); end`.execute(
    executor,
  );
  assert.ok((await bench.tokens.authenticate(bearer(token), ADDRESS)).allows('cloudiot.devices.get', {}));
  assert.equal((await bench.tokens.list())[0]?.lastUsedAtMs, undefined);
});

test('tokens survive a restart, and their secrets are not on the disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-auth-'));
  try {
    const file = join(folder, 'test.db');
    const before = await authBench(file);
    const token = await before.tokenOf('viewer');
    await before.parts.database.close();
    assert.ok(!(await readFile(file)).includes(parseApiToken(token)!.secret));
    await using after = await authBench(file);
    assert.ok((await after.tokens.authenticate(bearer(token), ADDRESS)).allows('cloudiot.devices.get', {}));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('whoever comes through the admin socket may do everything, under the name of the local user', () => {
  assert.equal(ADMIN.principal, 'local:root');
  for (const permission of PERMISSIONS) assert.ok(ADMIN.allows(permission, {}));
});
