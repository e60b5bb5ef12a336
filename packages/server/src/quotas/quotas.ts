import type { Clock } from '@mkiot/core/clock/clock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Logger } from 'pino';
import type { CloseReason, DeviceLink, Principal, PublishRoute } from '../bridge/hooks.ts';
import type { ApiRoute } from '../http/apiRoute.ts';
import { withApiQuotas } from './apiQuotas.ts';
import { LoginQuotas } from './loginQuotas.ts';
import { withPublishQuotas } from './publishQuotas.ts';
import { QuotaExcesses } from './quotaExcesses.ts';
import type { QuotaName, QuotaNumbers } from './quotaTable.ts';

export interface QuotasOptions<P extends Principal> {
  readonly numbers: QuotaNumbers;
  readonly link: Pick<DeviceLink<P>, 'session'>;
  /** How many devices are connected. */
  readonly sessionCount: () => number;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** How much this installation takes of each device and of all: what an operator has set, and nothing by default. */
export class Quotas<P extends Principal> {
  readonly #options: QuotasOptions<P>;
  readonly #logins: LoginQuotas;
  readonly #excesses: QuotaExcesses;

  constructor(options: QuotasOptions<P>) {
    const { numbers, clock, logger } = options;
    this.#options = options;
    this.#logins = new LoginQuotas(numbers, clock);
    this.#excesses = new QuotaExcesses(numbers, clock, logger);
  }

  /** The routes with the quotas of messages before them. */
  publishRoutes(routes: readonly PublishRoute<P>[]): readonly PublishRoute<P>[] {
    const { numbers, clock } = this.#options;
    return withPublishQuotas(routes, numbers, this.#excesses, clock);
  }

  /** The routes with the quotas of the API before them. */
  apiRoutes(routes: readonly ApiRoute[]): readonly ApiRoute[] {
    const { numbers, clock } = this.#options;
    return withApiQuotas(routes, numbers, this.#excesses, clock);
  }

  /** Why a device that has shown who it is may not connect now. Who takes its own session over is no one more. */
  refusalByMqtt({ key, deviceId }: P): CloseReason | undefined {
    const { link, sessionCount } = this.#options;
    const others = sessionCount() - (link.session(key) === undefined ? 0 : 1);
    const name = this.#logins.exceededByMqtt(others);
    return name && this.#excesses.closeReason(name, deviceId);
  }

  /** Why a device that has shown who it is may not make a call by HTTP now. */
  refusalByHttp(device: P): MkiotError | undefined {
    const name = this.#logins.exceededByHttp(device);
    return name && this.#excesses.error(name, device.deviceId);
  }

  /** How often each quota was met since the start. */
  counts(): readonly (readonly [QuotaName, number])[] {
    return this.#excesses.counts();
  }
}
