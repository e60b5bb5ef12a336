import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Logger } from 'pino';
import type { CloseReason, DeviceLink, Session } from '../bridge/hooks.ts';
import type { GatewayBinding } from '../registry/gatewayBindingStore.ts';
import type { DeviceChange, DevicePrincipal } from '../registry/model.ts';
import { DEVICE_CLOSE_REASONS } from './deviceCloseReasons.ts';
import type { GatewayAccess } from './gatewayAccess.ts';

/**
 * Detaches devices that may no longer go through their gateway: unbound from it, or the gateway has another method, or is
 * none any more. What ends every session of a device, `SessionGuard` sees to.
 */
export class AttachmentGuard {
  readonly #access: Pick<GatewayAccess, 'detaching'>;
  readonly #link: DeviceLink<DevicePrincipal>;
  readonly #logger: Pick<Logger, 'error'>;

  constructor(
    access: Pick<GatewayAccess, 'detaching'>,
    link: DeviceLink<DevicePrincipal>,
    logger: Pick<Logger, 'error'>,
  ) {
    this.#access = access;
    this.#link = link;
    this.#logger = logger;
  }

  /** The end of a binding has been committed. */
  unbound({ deviceNumId }: GatewayBinding): void {
    const session = this.#link.session(deviceNumId);
    if (session !== undefined) void this.opened(session);
  }

  /** A change of a device has been committed. */
  deviceChanged({ numId }: DeviceChange): void {
    const session = this.#link.session(numId);
    if (session?.principal.isGateway === true) this.#gatewayChanged(session.principal);
    else if (session !== undefined) void this.opened(session);
  }

  /**
   * A session has opened, or goes on with other terms: what was changed while that was being decided found nothing to end.
   * Does not reject: an attachment that cannot be judged ends.
   */
  async opened(session: Session<DevicePrincipal>): Promise<void> {
    const { principal } = session;
    if (principal.gatewayId === undefined) return;
    try {
      const refusal = await this.#access.detaching(principal);
      if (refusal !== undefined) session.close(closeReasonOf(refusal));
    } catch (error) {
      this.#logger.error({ deviceNumId: principal.key, err: error }, 'an attached device could not be looked up');
      session.close(DEVICE_CLOSE_REASONS.deviceUnreadable);
    }
  }

  #gatewayChanged({ deviceId, registry }: DevicePrincipal): void {
    for (const session of this.#link.sessions()) {
      const { gatewayId, registry: ofDevice } = session.principal;
      if (gatewayId === deviceId && ofDevice.key === registry.key) void this.opened(session);
    }
  }
}

function closeReasonOf({ code, status, message }: MkiotError): CloseReason {
  return { code, by: 'SERVER', status, message: `SERVER: ${message}` };
}
