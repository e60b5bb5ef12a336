import { buildVirtualApp } from '@mkiot/board/chip/app/buildVirtualApp';
import { REFERENCE_FIRMWARE } from '@mkiot/board/chip/app/reference/referenceFirmware';
import type { Chip } from '@mkiot/esp32/chips/chip';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import type { Command } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { writeNamedFile } from '../../namedFile.ts';
import { chipNamed } from '../esp32/chipOption.ts';

interface AppOptions {
  readonly chip?: Chip;
  readonly firmware: string;
  readonly appVersion: string;
  readonly secureVersion: number;
  readonly securePad?: boolean;
  readonly out: string;
}

export function addBoardApp(boards: Command, cli: Cli): void {
  addCommand(boards, 'app', {
    summary: 'Build an app image for a virtual chip',
    details:
      'It is an image that every tool for ESP32 chips takes: flash it, sign it, encrypt it, send it as an update. In the ' +
      'place of code it names the program that the virtual chip runs.',
    examples: [
      'mkiot board app --firmware reference --app-version 1.2.3 --out app.bin',
      'mkiot board app --app-version 2.0.0 --secure-version 2 --secure-pad --out app.bin',
    ],
  })
    .option('--chip <chip>', 'the chip it is for; esp32 without it', chipNamed)
    .option('--firmware <name>', 'the program', REFERENCE_FIRMWARE)
    .requiredOption('--app-version <version>', 'of the app')
    .option('--secure-version <number>', 'for anti-rollback', wholeNumber('--secure-version', 0, 32), 0)
    .option('--secure-pad', 'pad it for a signature of secure boot v2')
    .requiredOption('--out <file>', 'where the image goes')
    .action(async (options: AppOptions) => {
      const { chip = ESP32, firmware, appVersion: version, secureVersion, securePad, out } = options;
      const securePadding = securePad === true ? 'v2' : undefined;
      const image = await buildVirtualApp({ chip, firmware, version, secureVersion, securePadding });
      await writeNamedFile(out, image);
      const line = `${out}: ${firmware} ${version} for ${chip.label}, ${image.length} bytes`;
      await cli.output.result({ file: out, chip: chip.name, firmware, version, secureVersion, bytes: image.length }, [
        line,
      ]);
    });
}
