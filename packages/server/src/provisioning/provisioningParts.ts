import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import type { RefusalLog } from '../auth/refusalLog.ts';
import type { Caller } from '../http/apiRoute.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import type { Database } from '../store/database.ts';
import { provisioningError } from './provisioningErrors.ts';

/** What the services of this slice stand on. */
export interface ProvisioningParts {
  readonly database: Database;
  readonly auditTrail: AuditTrail;
  readonly devices: DeviceService;
  readonly refusals: RefusalLog;
  /** What devices call this installation when they sign: see `bridgeIdOf`. */
  readonly bridgeId: () => Uint8Array;
  readonly bridgeAddress: () => BridgeAddress;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
}

/** Where devices find the MQTT bridge, beside the name of its host. */
export interface BridgeAddress {
  readonly mqttPort: number;
  /** The authority by which they trust it, as PEM. */
  readonly authorityCertificate: string;
}

/** What somebody makes ends while he himself may still make it. Throws `PROVISIONING_END_PAST`, `PROVISIONING_OUTLIVES_CALLER`. */
export function checkEnd(what: 'station' | 'ticket', expiresAtMs: number, nowMs: number, { endsAtMs }: Caller): void {
  if (expiresAtMs <= nowMs) throw provisioningError('PROVISIONING_END_PAST', { what });
  if (endsAtMs !== undefined && expiresAtMs > endsAtMs) {
    throw provisioningError('PROVISIONING_OUTLIVES_CALLER', { what, end: new Date(endsAtMs).toISOString() });
  }
}
