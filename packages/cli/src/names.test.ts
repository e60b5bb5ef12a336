import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Names } from './names.ts';

const names = new Names({ project: 'mkiot-a1b2c3', location: 'local', registry: 'default' });
const whole = 'projects/other-project/locations/local/registries/greenhouse';

test('a short device name belongs to the default registry', () => {
  assert.deepEqual(names.device('pump-1'), { ...names.defaults, device: 'pump-1' });
  assert.deepEqual(names.device('2000000000000001'), { ...names.defaults, device: '2000000000000001' });
});

test('a whole device name is taken as it is', () => {
  assert.deepEqual(names.device(`${whole}/devices/pump-1`), {
    project: 'other-project',
    location: 'local',
    registry: 'greenhouse',
    device: 'pump-1',
  });
});

test('registries have short and whole names too', () => {
  assert.deepEqual(names.registry(), names.defaults);
  assert.deepEqual(names.registry('greenhouse'), { ...names.defaults, registry: 'greenhouse' });
  assert.deepEqual(names.registry(whole).project, 'other-project');
});

for (const text of [
  '',
  'ab',
  '1pump',
  'pump 1',
  '../pump',
  `${whole}/devices/`,
  `/${whole}/devices/pump-1`,
  'google',
]) {
  test(`${JSON.stringify(text)} names no device and no registry`, () => {
    assert.throws(() => names.device(text), { code: 'NAME_WRONG' });
    assert.throws(() => names.registry(text), { code: 'NAME_WRONG' });
  });
}
