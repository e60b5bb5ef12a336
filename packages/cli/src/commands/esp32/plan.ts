import type { Chip } from '@mkiot/esp32/chips/chip';
import { parseEfuseFile } from '@mkiot/esp32/efuse/parseEfuseFile';
import { makePlan } from '@mkiot/esp32/plan/makePlan';
import { burnSteps, FLASH_ENCRYPTION_WAYS, type FlashEncryptionWay, type Plan } from '@mkiot/esp32/plan/plan';
import { planJson } from '@mkiot/esp32/plan/planJson';
import { sdkconfigLines } from '@mkiot/esp32/plan/planSdkconfig';
import { planLines } from '@mkiot/esp32/plan/planText';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import { inOrder } from '@mkiot/esp32/plan/rehearse';
import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile } from '../../namedFile.ts';
import { usageError } from '../../usageErrors.ts';
import { chipNamed } from './chipOption.ts';
import { resultIn } from './format.ts';

interface PlanOptions {
  readonly chip: Chip;
  readonly profile: ProfileName;
  readonly current?: string;
  readonly keyBits?: number;
  readonly order?: readonly string[];
  readonly encrypt?: FlashEncryptionWay;
  readonly format?: 'text' | 'json' | 'sdkconfig';
}

export function addPlan(esp32: Command, cli: Cli): void {
  addCommand(esp32, 'plan', {
    summary: 'Plan the eFuses, keys, settings and partitions of a chip, in an order that does not dead-end',
    details:
      'Burns nothing: it prints what to type, step by step, says what cannot be undone and what can end the chip, and ' +
      'rehearses all of it on paper. A chip from which the profile can not be reached is refused with the eFuse that ' +
      'stands in the way.',
    examples: [
      'mkiot esp32 plan --chip esp32s3 --profile production',
      'mkiot esp32 plan --chip esp32 --profile production --current efuse.txt',
      'mkiot esp32 plan --chip esp32c3 --profile development --format sdkconfig',
    ],
  })
    .requiredOption('--chip <chip>', 'esp32, esp32s3, …', chipNamed)
    .addOption(
      new Option('--profile <profile>', 'what the chip is for').choices(Object.keys(PROFILES)).makeOptionMandatory(),
    )
    .option('--current <file>', 'eFuses of the chip as it is, from "espefuse summary" or "dump"')
    .addOption(
      new Option('--encrypt <where>', 'who encrypts the flash, and makes its key (default: host)').choices(
        FLASH_ENCRYPTION_WAYS,
      ),
    )
    .option('--key-bits <bits>', 'length of the flash key: 512 for XTS-AES-256 where the chip has it', keyBitsOf)
    .option('--order <ids>', 'burn in this order of your own: ids of steps, with commas between', (ids) =>
      ids.split(','),
    )
    .addOption(
      new Option('--format <format>', 'sdkconfig: the lines for sdkconfig.defaults alone').choices([
        'text',
        'json',
        'sdkconfig',
      ]),
    )
    .action(async (options: PlanOptions) => showPlan(await planFor(options), options, cli));
}

async function planFor(options: PlanOptions): Promise<Plan> {
  const { chip, profile, keyBits, order } = options;
  const current =
    options.current === undefined ? undefined : parseEfuseFile(await readNamedFile(options.current), chip);
  const plan = makePlan({
    chip,
    profile: PROFILES[profile],
    ...(current && { current }),
    ...(keyBits !== undefined && { keyBits }),
    encryption: options.encrypt,
  });
  return order === undefined ? plan : inOrderOf(plan, order);
}

/** The burns in the user's order, after everything that is done on the computer and in flash. */
function inOrderOf(plan: Plan, order: readonly string[]): Plan {
  const prepared = plan.steps.filter(({ burns }) => burns.length === 0);
  return { ...plan, steps: [...prepared, ...inOrder(plan.current, burnSteps(plan), order)] };
}

function showPlan(plan: Plan, { format }: PlanOptions, cli: Cli): Promise<void> {
  if (format !== 'sdkconfig') return resultIn({ ...(format && { format }) }, cli, planJson(plan), planLines(plan));
  return resultIn({ format: 'text' }, cli, undefined, sdkconfigLines(plan.sdkconfig));
}

function keyBitsOf(value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw usageError('ARGUMENT_WRONG', { argument: '--key-bits', value, allowed: '128, 192, 256 or 512' });
}
