import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { derPrivateKey, ownFormLabel } from './derPrivateKey.ts';
import { parsePemPrivateKey } from './pemKeys.ts';
import { pemText } from './pemText.ts';

function own(key: KeyObject): string {
  const parsed = parsePemPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }));
  return pemText(ownFormLabel(parsed), derPrivateKey(parsed));
}

test('private keys are written in their own form as OpenSSL writes them', () => {
  for (const namedCurve of ['prime256v1', 'secp384r1', 'prime192v1']) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    assert.equal(own(privateKey), privateKey.export({ type: 'sec1', format: 'pem' }), namedCurve);
  }
  for (const modulusLength of [1024, 2048]) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
    assert.equal(own(privateKey), privateKey.export({ type: 'pkcs1', format: 'pem' }), String(modulusLength));
  }
});
