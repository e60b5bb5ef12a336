import type { Chip } from '../chips/chip.ts';
import type { Burn } from '../efuse/burnEfuses.ts';

/** `espefuse` for the chip on the serial port PORT, which the user fills in. */
export function espefuse(chip: Chip, words: string): string {
  return `espefuse --chip ${chip.name} --port PORT ${words}`;
}

/** The commands that do `burns`: all of a kind are one command. Key blocks have commands of their own. */
export function burnCommands(chip: Chip, burns: readonly Burn[]): readonly string[] {
  const fields = burns.flatMap((burn) => (burn.kind === 'field' ? [`${burn.field} ${shown(burn.value)}`] : []));
  const named = (kind: Burn['kind']): readonly string[] =>
    burns.filter((burn) => burn.kind === kind).map(({ field }) => field);
  const commands = [
    ['burn-efuse', fields],
    ['read-protect-efuse', named('read-protect')],
    ['write-protect-efuse', named('write-protect')],
  ] as const;
  return commands.flatMap(([command, words]) =>
    words.length === 0 ? [] : [espefuse(chip, `${command} ${words.join(' ')}`)],
  );
}

function shown(value: number): string {
  return value > 9 ? `0x${value.toString(16)}` : String(value);
}
