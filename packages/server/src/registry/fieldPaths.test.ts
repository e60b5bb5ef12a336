import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldPicker, maskedUpdate, pickPaths } from './fieldPaths.ts';

const resource = { id: 'p', gatewayConfig: { gatewayType: 'GATEWAY', auth: { method: 1, at: 2 } }, blocked: false };

for (const [paths, picked] of [
  [[], {}],
  [['id', 'blocked'], { id: 'p', blocked: false }],
  [['gatewayConfig.gatewayType'], { gatewayConfig: { gatewayType: 'GATEWAY' } }],
  [['gatewayConfig.auth.method', 'gatewayConfig.auth.at'], { gatewayConfig: { auth: { method: 1, at: 2 } } }],
  [['gatewayConfig.gatewayType', 'gatewayConfig'], { gatewayConfig: resource.gatewayConfig }],
  [['absent', 'id.length', 'gatewayConfig.absent'], { gatewayConfig: {} }],
  [['constructor', 'gatewayConfig.toString'], { gatewayConfig: {} }],
] as const) {
  test(`the paths ${paths.join(', ') || '(none)'} pick what they name`, () => {
    assert.deepEqual(pickPaths(resource, paths), picked);
  });
}

test('a fieldMask with a name that the resource does not have is refused', () => {
  assert.deepEqual(fieldPicker(['id'], ['id', 'blocked'])(resource), { id: 'p' });
  assert.throws(() => fieldPicker(['id', 'wheels.front'], ['id', 'blocked']), {
    code: 'FIELD_UNKNOWN',
    message: /"wheels.front".*id, blocked/,
  });
});

test('an updateMask picks by its table, and refuses what is not in it or no field at all', () => {
  const updatable = { blocked: ['isBlocked'], nothing: [] };
  const fields = { isBlocked: true, name: 'p' };
  assert.deepEqual(maskedUpdate<Partial<typeof fields>>(fields, ['blocked', 'nothing'], updatable), {
    isBlocked: true,
  });
  assert.throws(() => maskedUpdate(fields, [], updatable), { code: 'UPDATE_MASK_EMPTY' });
  for (const field of ['name', 'isBlocked', 'toString']) {
    assert.throws(() => maskedUpdate(fields, [field], updatable), { code: 'FIELD_NOT_UPDATABLE' });
  }
});
