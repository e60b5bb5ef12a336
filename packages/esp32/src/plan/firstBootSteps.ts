import type { Chip } from '../chips/chip.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { builtParts } from './firmwareSteps.ts';
import type { PlanStep } from './plan.ts';

/** Writes the firmware in plain. Nothing is burned until it starts. */
function writePlainStep(chip: Chip, isSigned: boolean): PlanStep {
  const esptool = `esptool --chip ${chip.name} --port PORT --after no-reset`;
  const files = builtParts(chip).map(
    (part) => `${toHexOffset(part.offset)} ${isSigned && part.isSigned ? `${part.file}-signed.bin` : part.built}`,
  );
  return {
    id: 'write-flash',
    does: 'Erases the flash, writes the firmware in plain, and compares what was written.',
    commands: [
      `${esptool} erase-flash`,
      `${esptool} write-flash ${files.join(' ')}`,
      `${esptool} verify-flash ${files.join(' ')}`,
    ],
    burns: [],
    risk: 'The next start burns eFuses: go on only when the comparison has passed for every file.',
  };
}

/**
 * The firmware is written in plain, and its bootloader does the rest at its first start.
 *
 * @param burned the steps whose burns the bootloader does by itself
 */
export function firstBootSteps(chip: Chip, isSigned: boolean, burned: readonly PlanStep[]): readonly PlanStep[] {
  return [
    writePlainStep(chip, isSigned),
    {
      id: 'first-boot',
      does: 'Starts the firmware: its bootloader makes a flash key that nobody knows, encrypts the flash in its place, and burns what belongs to it.',
      commands: [],
      burns: burned.flatMap(({ burns }) => burns),
      risk: 'Keep the power on until the firmware itself starts: what is half encrypted, or a key that is half burned, can end the chip.',
    },
  ];
}
