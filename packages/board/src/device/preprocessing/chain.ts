import type { JsonFields } from '../control/jsonFields.ts';
import { parseDeadBand, stepDeadBand, type DeadBandSettings } from './deadBand.ts';
import type { Reading, Step } from './reading.ts';
import { parseThreshold, stepThreshold, type ThresholdSettings } from './threshold.ts';
import { parseWindow, stepWindow, type WindowSettings } from './window.ts';

/** One stage of preprocessing, as a config sets it. */
export type StageSettings = WindowSettings | DeadBandSettings | ThresholdSettings;

/** State of each stage of a chain; a stage that has seen no reading has none. */
export type ChainState = readonly unknown[];

/** How a stage is read from a config, and what it does. */
interface Stage {
  readonly parse: (fields: JsonFields) => StageSettings;
  readonly step: (settings: never, state: never, reading: Reading) => Step<unknown>;
}

const STAGES: Readonly<Record<StageSettings['kind'], Stage>> = {
  window: { parse: parseWindow, step: stepWindow },
  deadBand: { parse: parseDeadBand, step: stepDeadBand },
  threshold: { parse: parseThreshold, step: stepThreshold },
};

const KINDS = Object.keys(STAGES) as StageSettings['kind'][];

/** One stage of a config; throws a `MEMBER_…` error with its path. */
export function parseStage(fields: JsonFields): StageSettings {
  const kind = fields.choice('kind', KINDS);
  const settings = STAGES[kind].parse(fields);
  fields.end();
  return settings;
}

/**
 * Sends one reading through the stages of `chain` in order; what one passes on is the next one's reading, and nothing
 * comes out as soon as one keeps it. An empty chain passes everything. Pure: the same state and reading give the same.
 *
 * @param states of the step before; an empty list at the start
 */
export function stepChain(chain: readonly StageSettings[], states: ChainState, reading: Reading): Step<ChainState> {
  const next = [...states];
  let current: Reading | undefined = reading;
  for (const [index, settings] of chain.entries()) {
    // The table pairs settings and state by kind; TypeScript cannot follow that through the lookup.
    const step: Step<unknown> = STAGES[settings.kind].step(settings as never, next[index] as never, current);
    next[index] = step.state;
    current = step.output;
    if (current === undefined) break;
  }
  return { state: next, output: current };
}
