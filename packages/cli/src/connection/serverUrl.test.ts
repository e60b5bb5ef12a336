import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf, parseServerUrl } from './serverUrl.ts';

test('a server has an https address; plain http is for this machine only', () => {
  assert.equal(parseServerUrl('https://iot.example:8443/setup#CODE').origin, 'https://iot.example:8443');
  for (const url of ['http://localhost:8080', 'http://127.0.0.1:8080', 'http://[::1]:8080']) {
    assert.equal(parseServerUrl(url).origin, url);
  }
  assert.throws(() => parseServerUrl('http://iot.example:8080'), { code: 'SERVER_NEEDS_TLS' });
  assert.throws(() => parseServerUrl('http://127.0.0.1.example:8080'), { code: 'SERVER_NEEDS_TLS' });
});

for (const text of [
  '',
  'iot.example',
  'iot.example:8443',
  'ftp://iot.example',
  'https://',
  'https://user:pw@iot.example',
]) {
  test(`${JSON.stringify(text)} is no server address`, () => {
    assert.throws(
      () => parseServerUrl(text),
      (error: Error) => {
        assert.doesNotMatch(error.message, /pw/);
        return (error as { code?: string }).code === 'SERVER_WRONG';
      },
    );
  });
}

test('sockets take an IPv6 address without its brackets', () => {
  assert.equal(hostOf(new URL('https://[::1]:8443')), '::1');
  assert.equal(hostOf(new URL('https://iot.example')), 'iot.example');
});
