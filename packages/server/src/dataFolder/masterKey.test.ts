import { utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { MasterKey } from './masterKey.ts';

const bytes = randomFill(new Uint8Array(32));
const key = new MasterKey(bytes, randomFill);

test('what is sealed for a purpose opens for that purpose', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ maxLength: 500 }), (purpose, secret) => {
      assert.deepEqual(key.unseal(purpose, key.seal(purpose, secret)), Uint8Array.from(secret));
    }),
  );
});

test('one flipped bit, a cut or an addition anywhere is refused', () => {
  const sealed = key.seal('test', utf8Encode('a secret of some length'));
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = Uint8Array.from(sealed);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => key.unseal('test', flipped), { code: 'SEAL_BROKEN' }, `bit ${bit}`);
  }
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => key.unseal('test', sealed.subarray(0, length)), { code: 'SEAL_BROKEN' }, `length ${length}`);
  }
  assert.throws(() => key.unseal('test', Uint8Array.of(...sealed, 0)), { code: 'SEAL_BROKEN' });
});

test('what is sealed opens neither for another purpose nor under another key', () => {
  const sealed = key.seal('test', utf8Encode('secret'));
  const otherKey = new MasterKey(randomFill(new Uint8Array(32)), randomFill);
  assert.throws(() => key.unseal('tests', sealed), { code: 'SEAL_BROKEN', message: /"tests"/ });
  assert.throws(() => otherKey.unseal('test', sealed), { code: 'SEAL_BROKEN' });
});

test('the same secret is never sealed to the same bytes, and is not among them', () => {
  const secret = utf8Encode('a secret of some length');
  const [one, other] = [key.seal('test', secret), key.seal('test', secret)];
  assert.notDeepEqual(one, other);
  assert.ok(!Buffer.from(one).includes(secret));
});

test('a derived key is HKDF-SHA-256 of the purpose: the same each time, and another for each purpose', () => {
  assert.deepEqual(key.deriveKey('audit trail'), new MasterKey(bytes, randomFill).deriveKey('audit trail'));
  assert.notDeepEqual(key.deriveKey('audit trail'), key.deriveKey('audit trails'));
  const expected = new Uint8Array(hkdfSync('sha256', bytes, '', 'mkiot key audit trail', 32));
  assert.deepEqual(key.deriveKey('audit trail'), expected);
});

test('a key shows itself neither printed nor as JSON', () => {
  const shown = inspect(key, { depth: 5, showHidden: true }) + JSON.stringify(key);
  assert.ok(!shown.includes(bytes.slice(0, 4).join(', ')), shown);
});
