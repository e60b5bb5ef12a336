import { LIMITS } from '@mkiot/core/contract/limits';
import { formatDeviceName, type RegistryName } from '@mkiot/core/contract/resourceNames';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import type { Database, Executor } from '../store/database.ts';
import { Changes } from './changes.ts';
import { requireDevice } from './deviceService.ts';
import * as store from './gatewayBindingStore.ts';
import { deviceNameOf, type DeviceRecord } from './model.ts';
import { registryError } from './registryErrors.ts';

/** The two ends of a binding as a caller names them, by id or numeric id; both are of one registry. */
export interface GatewayBindingName {
  readonly gatewayId: string;
  readonly deviceId: string;
}

/** Which devices may go through which gateways (IoT Core, 1.12 and 3.1). `principal` is whom the audit trail names. */
export class GatewayBindings {
  /** Told after the commit: a device that is attached is detached by it. */
  readonly unbound = new Changes<store.GatewayBinding>();
  readonly #database: Database;
  readonly #auditTrail: Pick<AuditTrail, 'record'>;

  constructor({ database, auditTrail }: { readonly database: Database; readonly auditTrail: AuditTrail }) {
    this.#database = database;
    this.#auditTrail = auditTrail;
  }

  /** Whether the device is bound to the gateway. */
  has(binding: store.GatewayBinding): Promise<boolean> {
    return store.hasBinding(this.#database.executor, binding);
  }

  /**
   * Binds a device to a gateway; one that is bound already stays so.
   *
   * @throws `DEVICE_NOT_FOUND`, `GATEWAY_EXPECTED`, `GATEWAY_NOT_BINDABLE`, `GATEWAY_DEVICES_TOO_MANY`,
   * `DEVICE_GATEWAYS_TOO_MANY`
   */
  async bind(registry: RegistryName, name: GatewayBindingName, principal: string): Promise<void> {
    await this.#database.transaction(async (executor) => {
      const { gateway, device } = await ends(executor, registry, name);
      checkKinds(gateway, device);
      const binding = { gatewayNumId: gateway.numId, deviceNumId: device.numId };
      if (await store.hasBinding(executor, binding)) return;
      await checkRoom(executor, gateway, device);
      await store.insertBinding(executor, binding);
      await this.#record(executor, 'bindDeviceToGateway', principal, gateway, device);
    });
  }

  /** @throws `DEVICE_NOT_FOUND`, `GATEWAY_BINDING_NOT_FOUND` */
  async unbind(registry: RegistryName, name: GatewayBindingName, principal: string): Promise<void> {
    const ended = await this.#database.transaction(async (executor) => {
      const { gateway, device } = await ends(executor, registry, name);
      const binding = { gatewayNumId: gateway.numId, deviceNumId: device.numId };
      if (!(await store.hasBinding(executor, binding))) {
        throw registryError('GATEWAY_BINDING_NOT_FOUND', { device: device.id, gateway: gateway.id });
      }
      await store.deleteBinding(executor, binding);
      await this.#record(executor, 'unbindDeviceFromGateway', principal, gateway, device);
      return binding;
    });
    this.unbound.tell(ended);
  }

  async #record(
    executor: Executor,
    action: 'bindDeviceToGateway' | 'unbindDeviceFromGateway',
    principal: string,
    gateway: DeviceRecord,
    device: DeviceRecord,
  ): Promise<void> {
    const resource = formatDeviceName(deviceNameOf(device));
    const told = { gateway: gateway.id, gatewayNumId: gateway.numId };
    const change = action === 'bindDeviceToGateway' ? { after: told } : { before: told };
    await this.#auditTrail.record(executor, { principal, action, resource, ...change });
  }
}

async function ends(executor: Executor, registry: RegistryName, { gatewayId, deviceId }: GatewayBindingName) {
  const gateway = await requireDevice(executor, { ...registry, device: gatewayId });
  const device = await requireDevice(executor, { ...registry, device: deviceId });
  return { gateway, device };
}

function checkKinds(gateway: DeviceRecord, device: DeviceRecord): void {
  if (gateway.gatewayType !== 'GATEWAY') throw registryError('GATEWAY_EXPECTED', { device: gateway.id });
  if (device.gatewayType === 'GATEWAY') throw registryError('GATEWAY_NOT_BINDABLE', { device: device.id });
}

async function checkRoom(executor: Executor, gateway: DeviceRecord, device: DeviceRecord): Promise<void> {
  const { devicesPerGateway, gatewaysPerDevice } = LIMITS;
  if ((await store.countDevices(executor, gateway.numId)) >= devicesPerGateway) {
    throw registryError('GATEWAY_DEVICES_TOO_MANY', { gateway: gateway.id, max: devicesPerGateway });
  }
  if ((await store.countGateways(executor, device.numId)) >= gatewaysPerDevice) {
    throw registryError('DEVICE_GATEWAYS_TOO_MANY', { device: device.id, max: gatewaysPerDevice });
  }
}
