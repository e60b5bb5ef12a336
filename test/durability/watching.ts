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

/** The metrics by their name with labels: `mkiot_problem{code="EVENT_LOG_SLOW"}`. */
export async function metrics({ loopbackPort }: PlatformAddress): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${loopbackPort}/metrics`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}
