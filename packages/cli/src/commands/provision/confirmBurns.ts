import type { Plan } from '@mkiot/esp32/plan/plan';
import { planLines } from '@mkiot/esp32/plan/planText';
import { stationError } from '@mkiot/esp32/station/stationErrors';
import type { Unit } from '@mkiot/esp32/station/unit';
import type { Cli } from '../../cli.ts';
import type { TerminalInput } from '../../ports.ts';

/**
 * Shows what is to be burned and has the MAC address of the chip typed.
 *
 * @param given what was typed before, on the command line
 * @throws `UNIT_BURN_NOT_CONFIRMED`, `UNIT_STOPPED`
 */
export async function confirmBurns({ mac }: Unit, plan: Plan, given: string | undefined, cli: Cli): Promise<void> {
  const { output, ports } = cli;
  if (given === undefined) await output.note(...planLines(plan));
  const isAsked = given === undefined && ports.input.isTerminal;
  const typed = isAsked ? await typedToBurn('the MAC address', ports.input, ports.signal) : given;
  if (typed?.trim().toLowerCase() === mac) return;
  throw stationError('UNIT_BURN_NOT_CONFIRMED', { mac, given: typed === undefined ? 'nothing' : `"${typed}"` });
}

/** What a person types who was asked for `words`. @throws `UNIT_STOPPED` for Ctrl-C */
export async function typedToBurn(
  words: string,
  input: Pick<TerminalInput, 'ask'>,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await input.ask(`To burn this, which cannot be undone, type ${words}: `);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw stationError('UNIT_STOPPED', { step: 'burn', state: 'Nothing more was burned.' }, error);
  }
}
