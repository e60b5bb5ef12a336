import type { Plan, PlanStep } from '@mkiot/esp32/plan/plan';
import { burnSteps } from '@mkiot/esp32/plan/plan';
import { burnText } from '@mkiot/esp32/plan/planText';
import { stationError } from '@mkiot/esp32/station/stationErrors';
import type { Unit } from '@mkiot/esp32/station/unit';
import { make, part } from './elements.ts';

const BURN = 'burn';

/**
 * Shows what is to be burned, and lets the user type the MAC address of the chip.
 *
 * @throws `UNIT_BURN_NOT_CONFIRMED` for another text, and for none
 */
export async function confirmPlan({ mac, chip }: Unit, plan: Plan): Promise<void> {
  const dialog = part('plan', HTMLDialogElement);
  const typed = part('plan-mac', HTMLInputElement);
  part('plan-unit', HTMLElement).textContent = `${chip.label}, ${mac}`;
  part('plan-profile', HTMLElement).textContent = plan.profile.purpose;
  part('plan-steps', HTMLOListElement).replaceChildren(...burnSteps(plan).map(stepRow));
  typed.value = '';
  dialog.returnValue = '';
  dialog.showModal();
  typed.focus();
  const given = (await answerOf(dialog)) === BURN ? typed.value.trim() : '';
  if (given.toLowerCase() === mac) return;
  throw stationError('UNIT_BURN_NOT_CONFIRMED', { mac, given: given === '' ? 'nothing' : `"${given}"` });
}

async function answerOf(dialog: HTMLDialogElement): Promise<string> {
  const closed = new AbortController();
  const { signal } = closed;
  const burn = (event: Event): void => {
    event.preventDefault();
    dialog.close(BURN);
  };
  part('plan-form', HTMLFormElement).addEventListener('submit', burn, { signal });
  part('plan-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close(), { signal });
  // Escape closes it too.
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { signal }));
  closed.abort();
  return dialog.returnValue;
}

function stepRow({ id, does, burns, risk }: PlanStep): HTMLElement {
  const fields = burns.map(burnText).join(', ');
  return make(
    'li',
    {},
    make('h3', {}, id),
    make('p', {}, does),
    make('p', { class: 'detail' }, `eFuses: `, make('code', {}, fields)),
    risk === undefined ? undefined : make('p', { class: 'risk' }, risk),
  );
}
