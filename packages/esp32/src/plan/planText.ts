import type { Burn } from '../efuse/burnEfuses.ts';
import { revisionOf, revisionText } from '../efuse/efuseFields.ts';
import { buildPartitionCsv } from '../partitionTable/buildPartitionCsv.ts';
import type { Plan, PlanStep } from './plan.ts';
import { sdkconfigLines } from './planSdkconfig.ts';

/** A plan for people: every step with what it does, its commands, and what can not be undone or can end the chip. */
export function planLines(plan: Plan): readonly string[] {
  const { chip, profile, isAssumedBlank, steps } = plan;
  const isDone = steps.length === 0;
  return [
    `Plan for an ${chip.label}, profile ${profile.name}`,
    profile.purpose,
    isAssumedBlank ? assumption(plan) : 'It begins at the eFuses that were given.',
    '',
    ...(isDone ? ['Nothing is left to burn: the chip is as the profile says.'] : steps.flatMap(stepLines)),
    ...(isDone ? [] : ['sdkconfig.defaults', '', ...indented(sdkconfigLines(plan.sdkconfig))]),
    ...(isDone ? [] : ['', 'partitions.csv', '', ...indented(partitionLines(plan))]),
  ];
}

function assumption({ current }: Plan): string {
  const revision = revisionOf(current);
  const silicon = revision > 0 ? `, of silicon revision ${revisionText(revision)} or newer` : '';
  return `The chip is taken to be blank${silicon}. Give its eFuses with --current to plan for what is burned already.`;
}

function stepLines({ id, does, commands, burns, risk }: PlanStep, index: number): readonly string[] {
  const burned = burns.map(burnText);
  return [
    `${index + 1}. ${id}${burns.length > 0 ? '  [CANNOT BE UNDONE]' : ''}`,
    `   ${does}`,
    ...commands.map((command) => `   $ ${command}`),
    ...(burned.length > 0 ? [`   eFuses: ${burned.join(', ')}`] : []),
    ...(risk === undefined ? [] : [`   ! ${risk}`]),
    '',
  ];
}

/** What a burn does to which field: "write-protect BLOCK_KEY0". */
export function burnText({ kind, field }: Burn): string {
  return kind === 'field' || kind === 'key' ? field : `${kind} ${field}`;
}

export function partitionLines({ partitions }: Plan): readonly string[] {
  return buildPartitionCsv(partitions).trimEnd().split('\n');
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `   ${line}`);
}
