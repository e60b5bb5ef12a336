import type { Clock } from '@mkiot/core/clock/clock';
import type { ApiRoute, PathParams } from '../http/apiRoute.ts';
import { Meters } from './meters.ts';
import type { QuotaExcesses } from './quotaExcesses.ts';
import type { QuotaName, QuotaNumbers } from './quotaTable.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

interface OperationQuota {
  readonly name: QuotaName;
  readonly periodMs: number;
  /** Path parameters that say what is counted apart; none: all calls together. */
  readonly by: readonly string[];
}

const CREATION: OperationQuota = { name: 'apiCreationsPerMinute', periodMs: MINUTE_MS, by: [] };
const READ: OperationQuota = { name: 'apiReadsPerMinute', periodMs: MINUTE_MS, by: [] };
const DEVICE = ['registry', 'device'];

/** Quotas by the operation's id. Every GET beside is a read. */
const OPERATIONS: Readonly<Record<string, readonly OperationQuota[]>> = {
  createDeviceRegistry: [CREATION],
  deleteDeviceRegistry: [CREATION],
  createDevice: [CREATION],
  deleteDevice: [CREATION],
  updateDeviceRegistry: [{ name: 'registryUpdatesPerSecond', periodMs: SECOND_MS, by: ['registry'] }],
  updateDevice: [{ name: 'deviceUpdatesPerSecond', periodMs: SECOND_MS, by: DEVICE }],
  modifyCloudToDeviceConfig: [
    { name: 'deviceConfigsPerSecond', periodMs: SECOND_MS, by: DEVICE },
    { name: 'configsPerMinute', periodMs: MINUTE_MS, by: [] },
  ],
};

/**
 * The routes with the quotas before them; where a quota is used up, the call is answered 429 with nothing done. Calls of
 * devices have quotas of their own.
 */
export function withApiQuotas(
  routes: readonly ApiRoute[],
  numbers: QuotaNumbers,
  excesses: QuotaExcesses,
  clock: Clock,
): readonly ApiRoute[] {
  // Operations that share a quota share its meters.
  const meters = new Map<QuotaName, Meters<string>>();
  const metersOf = ({ name, periodMs }: OperationQuota): Meters<string> => {
    const known = meters.get(name) ?? new Meters<string>(numbers[name], periodMs);
    meters.set(name, known);
    return known;
  };
  return routes.map((route) => {
    const rows = OPERATIONS[route.operation] ?? (route.method === 'get' ? [READ] : []);
    const quotas = rows.filter(({ name }) => numbers[name] > 0).map((row) => ({ ...row, meters: metersOf(row) }));
    if (quotas.length === 0 || route.authenticate !== undefined) return route;
    return {
      ...route,
      handle: async (request) => {
        const params = request.params as PathParams;
        for (const { name, by, meters: each } of quotas) {
          const key = by.map((param) => params[param]).join('/');
          if (!each.take(key, 1, clock.monotonic())) throw excesses.error(name, request.caller.principal);
        }
        return route.handle(request);
      },
    };
  });
}
