import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { type Burn, burnEfuses } from '../efuse/burnEfuses.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import type { PlanStep } from './plan.ts';
import { planError } from './planErrors.ts';

/**
 * The eFuses after the burns of `steps`, on paper.
 *
 * @throws `PLAN_WRONG_ORDER` with the step that can not be done any more, and the eFuse that closes it
 */
export function rehearse(current: EfuseDump, steps: readonly PlanStep[]): EfuseDump {
  return steps.reduce((state, { id, burns }) => burns.reduce((now, burn) => burnInStep(now, burn, id), state), current);
}

function burnInStep(state: EfuseDump, burn: Burn, step: string): EfuseDump {
  try {
    return burnEfuses(state, burn);
  } catch (error) {
    if (!(error instanceof MkiotError)) throw error;
    throw planError('PLAN_WRONG_ORDER', { step, reason: error.message, field: fieldOf(error) }, error);
  }
}

/** The eFuse that stands in the way: what is named as closed, or what closes it. */
export function fieldOf({ context }: MkiotError): string {
  return String(context['closedBy'] ?? context['field']);
}

/**
 * The burns of a plan in an order of the user's, rehearsed.
 *
 * @param order ids of burn steps, each once
 * @throws `PLAN_UNKNOWN_STEP`, `PLAN_MISSING_STEP`, `PLAN_WRONG_ORDER`
 */
export function inOrder(
  current: EfuseDump,
  burnSteps: readonly PlanStep[],
  order: readonly string[],
): readonly PlanStep[] {
  const steps = burnSteps.map(({ id }) => id).join(', ');
  const missing = burnSteps.find(({ id }) => !order.includes(id));
  if (missing !== undefined) throw planError('PLAN_MISSING_STEP', { step: missing.id, steps });
  const ordered = order.map((id, index) => {
    const step = burnSteps.find((candidate) => candidate.id === id);
    if (step === undefined || order.indexOf(id) !== index) throw planError('PLAN_UNKNOWN_STEP', { step: id, steps });
    return step;
  });
  rehearse(current, ordered);
  return ordered;
}
