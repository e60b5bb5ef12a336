import { z } from '@hono/zod-openapi';
import type { Principal } from '../bridge/hooks.ts';
import { message } from '../http/protoJson.ts';
import type { DeviceCaller } from './deviceCaller.ts';
import type { HttpBridgeHooks } from './hooks.ts';
import { httpBridgeError } from './httpBridgeErrors.ts';

const members = { gatewayId: z.string().optional(), delegatedDeviceId: z.string().optional() };

/** In a body. */
export const gatewayInfo = message(members).default({});

/** In a query. */
export const gatewayInfoQuery = {
  'gatewayInfo.gatewayId': members.gatewayId,
  'gatewayInfo.delegatedDeviceId': members.delegatedDeviceId,
};

/** What a call says of a gateway, if anything. Protobuf makes no difference between empty and absent. */
export interface GatewayInfoFields {
  readonly gatewayId?: string | undefined;
  readonly delegatedDeviceId?: string | undefined;
}

/**
 * The caller with the device whose message this is.
 *
 * @throws `GATEWAY_INFO_AMBIGUOUS`, `GATEWAY_REFUSED`
 */
export async function behindGateway<P extends Principal>(
  hooks: Pick<HttpBridgeHooks<P>, 'throughGateway'>,
  caller: DeviceCaller<P>,
  { gatewayId = '', delegatedDeviceId = '' }: GatewayInfoFields,
): Promise<DeviceCaller<P>> {
  if (gatewayId === '' && delegatedDeviceId === '') return caller;
  if (gatewayId !== '' && delegatedDeviceId !== '') throw httpBridgeError('GATEWAY_INFO_AMBIGUOUS');
  const device = await hooks.throughGateway(caller.device, gatewayId === '' ? { delegatedDeviceId } : { gatewayId });
  if (device === undefined) throw httpBridgeError('GATEWAY_REFUSED');
  return { ...caller, device };
}
