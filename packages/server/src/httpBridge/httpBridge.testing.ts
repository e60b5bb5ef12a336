import type { DeviceConfig } from '@mkiot/core/api/resources';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import type { CloseReason, LoginAttempt, Principal, PublishRoute } from '../bridge/hooks.ts';
import { type Api, createApi } from '../http/createApi.ts';
import type { GatewayInfo, HttpBridgeHooks } from './hooks.ts';
import { httpBridgeRoutes } from './httpBridgeRoutes.ts';

export const DEVICE_PATH = '/v1/projects/mkiot-abc123/locations/local/registries/pumps/devices/pump-1';
const CLIENT_ID = DEVICE_PATH.slice('/v1/'.length);

/** A message that reached the domain. */
export interface Published {
  readonly kind: string;
  readonly subfolder: string;
  readonly text: string;
  readonly epoch: number;
  readonly remoteAddress: string;
}

/** A domain of the test's own behind the HTTP bridge: one device, pump-1, whose token is `good`. */
export class HttpBridgeBench implements HttpBridgeHooks<Principal> {
  readonly api: Api;
  readonly published: Published[] = [];
  /** The devices whose messages they were. */
  readonly publishedBy: string[] = [];
  readonly logins: LoginAttempt[] = [];
  readonly refusals: string[] = [];
  readonly failures: CloseReason[] = [];
  readonly backPressure = { saturated: false, onDrained: () => undefined };
  configsSent = 0;
  config: DeviceConfig | undefined = {
    version: '5',
    cloudUpdateTime: '2026-11-22T12:00:00.000Z',
    deviceAckTime: '2026-11-22T12:00:01.000Z',
    binaryData: 'b24=',
  };
  /** Absent: every message is taken at once. */
  settle: ((accept: () => void, refuse: (reason: CloseReason) => void) => void) | undefined;
  readonly publishRoutes: readonly PublishRoute<Principal>[] = ['events', 'state'].map((kind) => ({
    kind,
    publish: ({ epoch, remoteAddress, principal }, subfolder, payload, packetId, outcome) => {
      this.published.push({ kind, subfolder, text: Buffer.from(payload).toString(), epoch, remoteAddress });
      this.publishedBy.push(principal.deviceId);
      const accept = () => outcome.accepted(packetId ?? assert.fail('a call wants to know the fate of its message'));
      if (this.settle === undefined) accept();
      else this.settle(accept, (reason) => outcome.refused(reason, packetId));
    },
  }));

  constructor() {
    this.api = createApi(httpBridgeRoutes(this, new VirtualClock()), {
      authenticate: () => assert.fail('a device has no API token'),
      logger: { error: () => undefined },
      randomFill: (array) => array.fill(0xab),
      version: '0',
      health: () => [],
    });
  }

  async authenticate(attempt: LoginAttempt) {
    this.logins.push(attempt);
    const isGood = attempt.clientId === CLIENT_ID && Buffer.from(attempt.password ?? []).toString() === 'good';
    if (!isGood) return { accepted: false, reason: 'LOGIN_SIGNATURE_WRONG: hush' } as const;
    const endReason = { code: 'TOKEN_EXPIRED', by: 'SERVER', message: '' } as const;
    return {
      accepted: true,
      principal: { key: 4711, deviceId: 'pump-1', credentialId: 1 },
      endsAtMs: 0,
      endReason,
    } as const;
  }

  refused(_attempt: unknown, remoteAddress: string, reason: CloseReason): void {
    this.refusals.push(`${remoteAddress} ${reason.message}`);
  }

  /** The bench's device goes through hub-1 alone, and acts for pump-2 alone. */
  async throughGateway(caller: Principal, gatewayInfo: GatewayInfo): Promise<Principal | undefined> {
    if ('gatewayId' in gatewayInfo) return gatewayInfo.gatewayId === 'hub-1' ? caller : undefined;
    return gatewayInfo.delegatedDeviceId === 'pump-2' ? { key: 4712, deviceId: 'pump-2', credentialId: 2 } : undefined;
  }

  configOf(): Promise<DeviceConfig | undefined> {
    return Promise.resolve(this.config);
  }

  configSent(): void {
    this.configsSent++;
  }

  failed(_principal: Principal, reason: CloseReason): void {
    this.failures.push(reason);
  }

  /** `what` is the rest of the URL after the device: `:setState`, `/config`. */
  call(what: string, { body, token = 'good' }: { body?: unknown; token?: string | undefined } = {}): Promise<Response> {
    return this.request(`${DEVICE_PATH}${what}`, {
      ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { authorization: `Bearer ${token}` },
    });
  }

  async request(path: string, init: RequestInit): Promise<Response> {
    const admin = { principal: 'local:root', allows: () => true };
    // As on the admin socket: that the machine's own user calls must make nobody a device.
    return this.api.request(path, init, { remoteAddress: '192.0.2.7', caller: admin });
  }
}
