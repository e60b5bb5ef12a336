import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { EventLog } from '../events/eventLog.ts';
import type { Retention } from '../events/retention.ts';
import type { HealthProblem } from '../http/health.ts';

/** What can be wrong with a running platform, looked up when it is asked for. */
export interface Watched {
  readonly eventLog: Pick<EventLog, 'problem' | 'slowness'>;
  readonly retention: Pick<Retention, 'problem'>;
}

/** What is wrong at the moment, for `/healthz` and the metrics. */
export function platformHealth({ eventLog, retention }: Watched): readonly HealthProblem[] {
  return [
    ...told(eventLog.problem, { isFailing: true }),
    ...told(eventLog.slowness, { isFailing: false }),
    ...told(retention.problem, { isFailing: false }),
  ];
}

function told(problem: MkiotError | undefined, { isFailing }: { readonly isFailing: boolean }): HealthProblem[] {
  if (problem === undefined) return [];
  const cause = problem.context['reason'];
  return [{ code: problem.code, ...(typeof cause === 'string' && { cause }), isFailing }];
}
