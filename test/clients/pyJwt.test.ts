import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { startTestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';
import { MqttJs } from './mqttJs.ts';

/** As Google's Python samples make their token: the times are datetimes, the private key is a PEM. */
const PYTHON = `
import datetime, sys, jwt
project, algorithm = sys.argv[1:]
now = datetime.datetime.now(tz=datetime.timezone.utc)
claims = {"iat": now, "exp": now + datetime.timedelta(minutes=20), "aud": project}
print(jwt.encode(claims, sys.stdin.read(), algorithm=algorithm))
`;

const KEYS = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const;
const FORMATS = { ES256: 'ES256_PEM', RS256: 'RSA_PEM' } as const;

for (const algorithm of ['ES256', 'RS256'] as const) {
  test(`PyJWT: a device logs in with its ${algorithm} token`, wants('pyjwt', 'python-cryptography'), async () => {
    await using platform = await startTestPlatform();
    const { project, mqttPort: port, caFile } = platform.address;
    const { publicKey, privateKey } = KEYS[algorithm]();
    const registry = { project, location: 'local', registry: 'default' };
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    await platform.devices.create(registry, 'pump-1', {
      credentials: [{ publicKey: { format: FORMATS[algorithm], key } }],
    });
    const input = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const token = execFileSync('/usr/bin/python3', ['-c', PYTHON, project, algorithm], { input, encoding: 'utf8' });
    const clientId = `projects/${project}/locations/local/registries/default/devices/pump-1`;
    await using client = new MqttJs({ port, caFile, clientId, password: token.trim() });
    assert.equal(await client.returnCode, 0);
  });
}
