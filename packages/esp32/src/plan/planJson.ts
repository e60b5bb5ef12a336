import type { Plan } from './plan.ts';
import { partitionLines } from './planText.ts';

/** A plan for programs. Keys are not in it: they are made by the commands. */
export interface PlanJson {
  readonly chip: string;
  readonly profile: string;
  /** No eFuses were given, so the chip was taken to be blank. */
  readonly assumedBlank: boolean;
  readonly steps: readonly PlanStepJson[];
  /** By name without `CONFIG_`, values as in the file. */
  readonly sdkconfig: Readonly<Record<string, string>>;
  readonly partitionTableOffset: number;
  /** The lines of partitions.csv. */
  readonly partitions: readonly string[];
}

export interface PlanStepJson {
  readonly id: string;
  readonly does: string;
  readonly commands: readonly string[];
  readonly burns: readonly { readonly kind: string; readonly field: string; readonly value?: number }[];
  /** Whether it can be undone: no burn can. */
  readonly reversible: boolean;
  readonly risk?: string;
}

export function planJson(plan: Plan): PlanJson {
  return {
    chip: plan.chip.name,
    profile: plan.profile.name,
    assumedBlank: plan.isAssumedBlank,
    steps: plan.steps.map(({ id, does, commands, burns, risk }) => ({
      id,
      does,
      commands,
      burns: burns.map((burn) => ({
        kind: burn.kind,
        field: burn.field,
        ...(burn.kind === 'field' && { value: burn.value }),
      })),
      reversible: burns.length === 0,
      ...(risk !== undefined && { risk }),
    })),
    sdkconfig: Object.fromEntries(plan.sdkconfig),
    partitionTableOffset: plan.partitionTableOffset,
    partitions: partitionLines(plan),
  };
}
