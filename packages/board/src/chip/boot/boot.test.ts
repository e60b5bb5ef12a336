import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BootRig } from '../bootRig.testing.ts';

test('a chip boots the factory app, and the program that its image names runs', async () => {
  const rig = await BootRig.flashed();
  await rig.bootUntil('blink 1.0.0');
  assert.equal(rig.started.length, 1);
  assert.equal(rig.started[0]?.running.name, 'factory');
});
