import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { test } from 'node:test';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { bridgeAuthorityOf, bridgeIdOf } from './bridgeId.ts';
import { issueAuthority, issueServerCertificate } from './issueCertificates.ts';

const NAMES = { names: ['localhost'], addresses: [] };

function sha256OfKey(pem: string): Buffer {
  const { publicKey } = new X509Certificate(pem);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

const authority = await issueAuthority('Ours', Date.now(), randomFill);
const other = await issueAuthority('Of a company', Date.now(), randomFill);
const ours = await issueServerCertificate(authority, NAMES, Date.now(), randomFill);
const theirs = await issueServerCertificate(other, NAMES, Date.now(), randomFill);

for (const [name, chain, root] of [
  ['our own certificate', ours.cert, authority.cert],
  ['our own certificate with the authority behind it', `${ours.cert}\n${authority.cert}`, authority.cert],
  ['a certificate with the authority of a company behind it', `${theirs.cert}\n${other.cert}`, other.cert],
  ['a public authority', rootCertificates[0]!, rootCertificates[0]!],
  ['an authority that nobody here knows', theirs.cert, authority.cert],
] as const) {
  test(`the bridge id of ${name} is the hash of the authority's key`, () => {
    assert.deepEqual(bridgeIdOf(bridgeAuthorityOf(chain, authority.cert)), sha256OfKey(root));
  });
}

test('an authority that only has the name of another one does not stand for it', async () => {
  const impostor = await issueAuthority('Of a company', Date.now(), randomFill);
  assert.deepEqual(
    bridgeIdOf(bridgeAuthorityOf(theirs.cert, impostor.cert)),
    sha256OfKey(impostor.cert),
    'as for one that nobody knows',
  );
  assert.notDeepEqual(
    bridgeIdOf(bridgeAuthorityOf(`${theirs.cert}\n${other.cert}`, impostor.cert)),
    sha256OfKey(impostor.cert),
  );
});
