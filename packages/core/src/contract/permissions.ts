/** The permissions of Cloud IoT and, with the prefix `mkiot.`, what MkIoT has beside it. */
export const PERMISSIONS = [
  'cloudiot.registries.create',
  'cloudiot.registries.delete',
  'cloudiot.registries.get',
  'cloudiot.registries.list',
  'cloudiot.registries.update',
  'cloudiot.devices.create',
  'cloudiot.devices.delete',
  'cloudiot.devices.get',
  'cloudiot.devices.list',
  'cloudiot.devices.update',
  'cloudiot.devices.updateConfig',
  'cloudiot.devices.sendCommand',
  'cloudiot.devices.bindGateway',
  'cloudiot.devices.unbindGateway',
  'mkiot.events.read',
  'mkiot.subscriptions.consume',
  'mkiot.subscriptions.manage',
  'mkiot.failedLogins.read',
  'mkiot.provisioning.manage',
  'mkiot.units.release',
  'mkiot.bans.manage',
  'mkiot.tokens.manage',
  'mkiot.auditTrail.read',
  'mkiot.metrics.read',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const VIEWER: readonly Permission[] = [
  'cloudiot.registries.get',
  'cloudiot.registries.list',
  'cloudiot.devices.get',
  'cloudiot.devices.list',
  'mkiot.events.read',
];
const PROVISIONER: readonly Permission[] = [
  ...VIEWER,
  'cloudiot.devices.create',
  'cloudiot.devices.delete',
  'cloudiot.devices.update',
  'mkiot.failedLogins.read',
  'mkiot.provisioning.manage',
  'cloudiot.devices.bindGateway',
  'cloudiot.devices.unbindGateway',
];
const DEVICE_CONTROLLER: readonly Permission[] = [
  ...VIEWER,
  'cloudiot.devices.updateConfig',
  'cloudiot.devices.sendCommand',
];

const EDITOR: readonly Permission[] = [
  ...PROVISIONER,
  'cloudiot.devices.updateConfig',
  'cloudiot.devices.sendCommand',
  'cloudiot.registries.create',
  'cloudiot.registries.delete',
  'cloudiot.registries.update',
  'mkiot.subscriptions.consume',
  'mkiot.subscriptions.manage',
  'mkiot.units.release',
];

export type Role = 'viewer' | 'deviceController' | 'provisioner' | 'editor' | 'admin';

/** Cloud IoT's five roles and what each may do. */
export const ROLES: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: VIEWER,
  deviceController: DEVICE_CONTROLLER,
  provisioner: PROVISIONER,
  editor: EDITOR,
  admin: PERMISSIONS,
};

export function roleAllows(role: Role, permission: Permission): boolean {
  return ROLES[role].includes(permission);
}
