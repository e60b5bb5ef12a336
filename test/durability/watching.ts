import type { PlatformAddress } from '../support/platformUser.ts';
import { until } from '../support/until.ts';

export interface HealthAnswer {
  readonly status: number;
  readonly body: { readonly status: string; readonly problems?: readonly object[] };
}

export async function health({ loopbackPort }: PlatformAddress): Promise<HealthAnswer> {
  const response = await fetch(`http://127.0.0.1:${loopbackPort}/healthz`);
  return { status: response.status, body: (await response.json()) as HealthAnswer['body'] };
}

/** Resolves when `/healthz` answers with this status of HTTP. */
export function untilHealth(address: PlatformAddress, status: number): Promise<HealthAnswer> {
  return until(
    () => health(address),
    (answer) => answer.status === status,
  );
}
