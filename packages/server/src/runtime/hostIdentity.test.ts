import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { hostIdentity, identityOf } from './hostIdentity.ts';

test('a machine is known by localhost, its name, its .local name and its addresses, each once', () => {
  const interfaces = ['127.0.0.1', '192.168.1.20', 'fd00::1', 'fe80::1', 'febf::2', '192.168.1.20'];
  const identity = identityOf(
    'Pump.Example.org',
    interfaces.map((address) => ({ address })),
  );
  assert.deepEqual(identity.names, ['localhost', 'pump.example.org', 'pump.local']);
  assert.deepEqual(identity.addresses, ['127.0.0.1', '192.168.1.20', '::1', 'fd00::1']);
});

test('a name that no certificate can carry is left out', () => {
  for (const name of ['', 'pump house', 'pümpe', '-pump', 'pump-']) {
    assert.ok(!identityOf(name, []).names.includes(name), name);
  }
  assert.deepEqual(identityOf('', []).names, ['localhost']);
});

test('this machine has names and addresses', () => {
  const identity = hostIdentity();
  assert.ok(identity.names.includes('localhost'));
  assert.ok(identity.addresses.every((address) => isIP(address) !== 0));
});
