import type { Command, Option } from 'commander';
import { batchCommandError } from './batchErrors.ts';

/** What a job says for all its units, as if it were typed: what was typed holds before it. @throws `BATCH_OPTION_WRONG` */
export function applyJobOptions(command: Command, options: Readonly<Record<string, unknown>>, job: string): void {
  for (const [name, value] of Object.entries(options)) {
    const option = command.options.find(({ long }) => long === `--${name}`);
    if (option === undefined)
      throw batchCommandError('BATCH_OPTION_WRONG', { job, name, reason: 'which is no option of this command' });
    const member = option.attributeName();
    if (command.getOptionValueSource(member) === 'cli') continue;
    command.setOptionValueWithSource(member, optionValue(option, value, job), 'config');
  }
}

function optionValue(option: Option, value: unknown, job: string): unknown {
  const name = option.name();
  const isFlag = option.isBoolean();
  if (isFlag !== (typeof value === 'boolean')) {
    const reason = isFlag ? 'which is true or false' : 'which is a text, a number or a list of them';
    throw batchCommandError('BATCH_OPTION_WRONG', { job, name, reason });
  }
  if (isFlag) return value;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  let parsed: unknown;
  for (const each of values) {
    if (typeof each !== 'string' && typeof each !== 'number') {
      throw batchCommandError('BATCH_OPTION_WRONG', {
        job,
        name,
        reason: 'which is a text, a number or a list of them',
      });
    }
    parsed = option.parseArg === undefined ? String(each) : option.parseArg(String(each), parsed);
  }
  return parsed;
}
