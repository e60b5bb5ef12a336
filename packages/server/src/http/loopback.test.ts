import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback, isMeantForLoopback } from './loopback.ts';

const REQUESTS: readonly [what: string, headers: Record<string, string>, isMeant: boolean][] = [
  ['localhost', { host: 'localhost:8080' }, true],
  ['LOCALHOST', { host: 'LOCALHOST:8080' }, true],
  ['127.0.0.1', { host: '127.0.0.1:8080' }, true],
  ['[::1]', { host: '[::1]:8080' }, true],
  ['a page of ours', { host: 'localhost:8080', origin: 'http://localhost:8080' }, true],
  ['no host', {}, false],
  ['another port', { host: 'localhost:8081' }, false],
  ['no port', { host: 'localhost' }, false],
  ['a rebound name', { host: 'evil.example:8080' }, false],
  ['a name that begins like ours', { host: 'localhost.evil.example:8080' }, false],
  ['a name that ends like ours', { host: 'evil-localhost:8080' }, false],
  ['a foreign page', { host: 'localhost:8080', origin: 'https://evil.example' }, false],
  ['a page on another port of this machine', { host: 'localhost:8080', origin: 'http://localhost:3000' }, false],
  ['a page of ours by TLS', { host: 'localhost:8080', origin: 'https://localhost:8080' }, false],
  ['a sandboxed page', { host: 'localhost:8080', origin: 'null' }, false],
];

for (const [what, headers, isMeant] of REQUESTS) {
  test(`a request by plain HTTP with ${what} is ${isMeant ? 'served' : 'refused'}`, () => {
    assert.equal(isMeantForLoopback(new Headers(headers), 8080), isMeant);
  });
}

test('an address is loopback in all spellings, and no other is', () => {
  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(address), address);
  for (const address of ['', '10.0.0.1', '128.0.0.1', '::2', '::ffff:10.0.0.1', '127.evil', '1127.0.0.1']) {
    assert.ok(!isLoopback(address), address);
  }
});
