import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isNumericId, isResourceId, isSubfolder } from './ids.ts';
import { formatDeviceName, parseDeviceName } from './resourceNames.ts';

test('a device name comes back from its parts, with an id or a numeric id at its end', () => {
  const id = fc.stringMatching(/^[a-fh-zA-Z][-a-zA-Z0-9._+~%]{2,60}$/);
  const numericId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(String);
  fc.assert(
    fc.property(id, fc.oneof(id, numericId), (registry, device) => {
      const name = { project: 'mkiot-a1b2c3', location: 'local', registry, device };
      assert.deepEqual(parseDeviceName(formatDeviceName(name)), name);
    }),
  );
});

const noNames = [
  '',
  'pump-1',
  '/projects/mkiot-a1b2c3/locations/local/registries/default/devices/pump-1',
  'projects/mkiot-a1b2c3/locations/local/registries/default/devices/pump-1/',
  'projects/mkiot-a1b2c3/locations/local/registries/default/devices/pump-1/x',
  'projects/mkiot-a1b2c3/locations/local/registries/default/devices/',
  'projects/mkiot-a1b2c3/locations/local/registries/default/devices/goog-1',
  'projects/mkiot-a1b2c3/locations/local/registries/default/devices/0123',
  'projects/MKIOT/locations/local/registries/default/devices/pump-1',
  'projects/mkiot-a1b2c3/locations/local/registries/default/devices/a:b',
  'projects/mkiot-a1b2c3/locations//registries/default/devices/pump-1',
  'projects/mkiot-a1b2c3/regions/local/registries/default/devices/pump-1',
];
for (const text of noNames) {
  test(`${JSON.stringify(text)} is no device name`, () => assert.equal(parseDeviceName(text), undefined));
}

test('ids keep the lengths and characters of the contract', () => {
  for (const id of ['abc', 'a.b', 'A-_~%+.9', `a${'b'.repeat(254)}`]) assert.ok(isResourceId(id), id);
  for (const id of [
    'ab',
    '1ab',
    '-ab',
    'a b',
    'a/b',
    'a:b',
    'goose'.replace('se', 'g'),
    `a${'b'.repeat(255)}`,
    'äbc',
  ]) {
    assert.ok(!isResourceId(id), id);
  }
  assert.ok(isNumericId('9007199254740991'));
  for (const id of ['9007199254740992', '0', '01', '-1', '1.5', '']) assert.ok(!isNumericId(id), id);
  assert.ok(isSubfolder(`a${'b'.repeat(255)}`));
  for (const subfolder of ['', '/a', 'a/', 'a//b', '1a', 'a b', `a${'b'.repeat(256)}`])
    assert.ok(!isSubfolder(subfolder));
});
