import { blankEfuses } from '../../efuse/burnEfuses.ts';
import { revisionOf } from '../../efuse/efuseFields.ts';
import { makePlan } from '../../plan/makePlan.ts';
import type { Plan } from '../../plan/plan.ts';
import { planJson } from '../../plan/planJson.ts';
import { stationError } from '../stationErrors.ts';
import type { Unit } from '../unit.ts';
import { batchError } from './batchErrors.ts';

/** A person, or what was said before in the place of one. */
export interface ConsentPorts {
  /** Shows a plan and asks for `words`. @returns what was typed; undefined: there is nobody to ask */
  readonly ask: (plan: Plan, words: string, about: string) => Promise<string | undefined>;
}

/**
 * What a person has agreed to burn into the units of a batch. The plan for a blank chip is shown once and confirmed for as many
 * units as have no result yet; a unit of which something else would be burned is asked for by its own MAC address.
 */
export class BurnConsent {
  readonly #ports: ConsentPorts;
  #agreed: { readonly plan: string; readonly steps: ReadonlySet<string>; left: number } | undefined;
  readonly #burned = new Set<string>();
  /** One question at a time. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: ConsentPorts) {
    this.#ports = ports;
  }

  /**
   * @param units how many have no result yet
   * @param wasBegun this batch has begun to burn the unit before: then what is left of the agreed plan is no other one
   * @throws `BATCH_BURN_NOT_CONFIRMED`, `UNIT_BURN_NOT_CONFIRMED`
   */
  confirm(unit: Unit, plan: Plan, units: number, wasBegun: boolean): Promise<void> {
    const turn = this.#turn.then(() => this.#confirm(unit, plan, units, wasBegun));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #confirm(unit: Unit, plan: Plan, units: number, wasBegun: boolean): Promise<void> {
    const { mac } = unit;
    this.#agreed ??= await this.#askForAll(unit, plan, units);
    const { steps, left } = this.#agreed;
    const isAgreed = wasBegun
      ? stepTexts(plan).every((step) => steps.has(step)) && kindOf(unit, plan) === this.#agreed.plan.split('\n')[0]
      : textOf(unit, plan) === this.#agreed.plan;
    const isCounted = this.#burned.has(mac);
    if (isAgreed && (isCounted || left > 0)) {
      if (!isCounted) this.#agreed.left--;
      this.#burned.add(mac);
      return;
    }
    const given = await this.#ports.ask(
      plan,
      mac,
      `The board ${mac} needs another plan than the one that was confirmed`,
    );
    if (given?.trim().toLowerCase() === mac) return;
    throw stationError('UNIT_BURN_NOT_CONFIRMED', { mac, given: quoted(given) });
  }

  async #askForAll(unit: Unit, { chip, profile }: Plan, units: number) {
    const plan = makePlan({ chip, profile, current: blankEfuses(chip, revisionOf(unit.efuses)) });
    const words = `BURN ${units}`;
    const given = await this.#ports.ask(plan, words, `The plan for each of ${units} units`);
    if (given?.trim() !== words) throw batchError('BATCH_BURN_NOT_CONFIRMED', { given: quoted(given), wanted: words });
    return { plan: textOf(unit, plan), steps: new Set(stepTexts(plan)), left: units };
  }
}

function quoted(given: string | undefined): string {
  return given === undefined ? 'nothing' : `"${given}"`;
}

/** Silicon and profile: steps of the same name may burn something else on another. */
function kindOf({ chip, efuses }: Unit, { profile }: Plan): string {
  return `${chip.name} ${revisionOf(efuses)} ${profile.name}`;
}

function stepTexts(plan: Plan): readonly string[] {
  const { steps } = planJson(plan);
  return steps.flatMap(({ id, burns }) => burns.map((burn) => JSON.stringify([id, burn])));
}

function textOf(unit: Unit, plan: Plan): string {
  return [kindOf(unit, plan), ...stepTexts(plan)].join('\n');
}
