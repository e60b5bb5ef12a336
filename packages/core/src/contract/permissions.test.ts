import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PERMISSIONS, type Permission, type Role, ROLES, roleAllows } from './permissions.ts';

const FORBIDDEN: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: [
    'cloudiot.devices.create',
    'cloudiot.devices.updateConfig',
    'cloudiot.devices.sendCommand',
    'cloudiot.devices.bindGateway',
    'cloudiot.devices.unbindGateway',
    'mkiot.subscriptions.consume',
    'mkiot.failedLogins.read',
    'mkiot.provisioning.manage',
  ],
  deviceController: [
    'cloudiot.devices.create',
    'cloudiot.devices.update',
    'cloudiot.devices.delete',
    'mkiot.failedLogins.read',
    'cloudiot.devices.bindGateway',
    'mkiot.provisioning.manage',
    'mkiot.tokens.manage',
  ],
  provisioner: [
    'cloudiot.registries.create',
    'cloudiot.registries.update',
    'cloudiot.devices.updateConfig',
    'mkiot.units.release',
    'mkiot.tokens.manage',
  ],
  editor: ['mkiot.tokens.manage', 'mkiot.bans.manage', 'mkiot.auditTrail.read'],
  admin: [],
};
for (const role of Object.keys(ROLES) as Role[]) {
  test(`${role} is refused what is not its business`, () => {
    for (const permission of FORBIDDEN[role]) assert.equal(roleAllows(role, permission), false, permission);
  });
}

test('admin may do everything, and every role may look', () => {
  for (const permission of PERMISSIONS) assert.ok(roleAllows('admin', permission));
  for (const role of Object.keys(ROLES) as Role[]) assert.ok(roleAllows(role, 'cloudiot.devices.get'));
});
