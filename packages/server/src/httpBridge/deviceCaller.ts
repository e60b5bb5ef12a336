import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { Principal } from '../bridge/hooks.ts';
import type { Caller, PathParams } from '../http/apiRoute.ts';
import type { HttpBridgeHooks } from './hooks.ts';
import { httpBridgeError } from './httpBridgeErrors.ts';

/** A device that calls for itself. It has no rights but to the routes that are made for devices. */
export interface DeviceCaller<P extends Principal> extends Caller {
  readonly device: P;
  /** The whole name of the device, as its client id would be over MQTT. */
  readonly clientId: string;
  readonly remoteAddress: string;
}

/**
 * Decides by the bearer token whether the device in the path calls: the decision that a CONNECT gets over MQTT, at each
 * call. The caller learns one code, the operator's log the reason.
 *
 * @throws `DEVICE_REFUSED`
 */
export async function authenticateDevice<P extends Principal>(
  hooks: Pick<HttpBridgeHooks<P>, 'authenticate' | 'refused'>,
  headers: Headers,
  remoteAddress: string,
  params: PathParams,
): Promise<DeviceCaller<P>> {
  const clientId = formatDeviceName(params as PathParams & DeviceName);
  const token = /^bearer +(.*)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const password = token === undefined ? undefined : utf8Encode(token);
  const attempt = { clientId, userName: undefined, password, remoteAddress };
  const verdict = await hooks.authenticate(attempt);
  if (!verdict.accepted) {
    hooks.refused(attempt, remoteAddress, { code: 'LOGIN_REFUSED', by: 'SERVER', message: verdict.reason });
    throw httpBridgeError('DEVICE_REFUSED');
  }
  const { principal } = verdict;
  return { principal: `device:${principal.key}`, allows: () => false, device: principal, clientId, remoteAddress };
}
