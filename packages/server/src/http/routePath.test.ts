import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathParams, routedPath, routedTemplate } from './routePath.ts';

const TEMPLATE = routedTemplate('/v1/devices/{device}:sendCommandToDevice');

test('a verb becomes a segment of its own, in a template and in a path', () => {
  assert.equal(TEMPLATE, '/v1/devices/:device/~sendCommandToDevice');
  assert.equal(
    routedPath('https://h:8443/v1/devices/pump-1:sendCommandToDevice?a=b:c'),
    '/v1/devices/pump-1/~sendCommandToDevice',
  );
  assert.equal(routedPath('https://h:8443/v1/devices/pump-1?'), '/v1/devices/pump-1');
});

for (const [raw, id] of [
  ['a%2541', 'a%41'],
  ['a%41', 'aA'],
  ['a+b~c', 'a+b~c'],
  ['a%2Fb', 'a/b'],
  ['a%3AsendCommandToDevice', 'a:sendCommandToDevice'],
] as const) {
  test(`the segment ${raw} is ${id}: decoded exactly once, after routing`, () => {
    const path = routedPath(`https://h/v1/devices/${raw}:sendCommandToDevice`);
    assert.deepEqual(pathParams(TEMPLATE, path), { device: id });
  });
}

for (const raw of ['a%', 'a%zz', 'a%ff']) {
  test(`the segment ${raw} is refused`, () => {
    assert.throws(() => pathParams(TEMPLATE, `/v1/devices/${raw}/~sendCommandToDevice`), {
      code: 'PATH_NOT_PERCENT_ENCODED',
    });
  });
}

test('a path that already has a verb as a segment reaches no route', () => {
  assert.equal(routedPath('https://h/v1/devices/pump-1/~sendCommandToDevice'), '/~');
});
