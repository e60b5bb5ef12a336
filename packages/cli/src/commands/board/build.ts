import { referenceFlash } from '@mkiot/board/chip/app/reference/referenceFlash';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { toHexOffset } from '@mkiot/esp32/bytes/hexOffset';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import { type Command, Option } from 'commander';
import { join } from 'node:path';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { makeNamedFolder, writeNamedFile } from '../../namedFile.ts';

interface BuildOptions {
  readonly chip: VirtualChipName;
  readonly profile?: ProfileName;
  readonly appVersion: string;
  readonly out: string;
}

export function addBoardBuild(boards: Command, cli: Cli): void {
  addCommand(boards, 'build', {
    summary: 'Build all that a virtual chip is flashed with',
    details:
      'It is a folder as a build of ESP-IDF leaves it: bootloader, partition table, the reference device as app, and ' +
      'flasher_args.json. With it "mkiot provision" and its page can be tried without a board and without a compiler.',
    examples: ['mkiot board build --chip esp32s3 --profile production --out build'],
  })
    .addOption(new Option('--chip <chip>', 'the chip it is for').choices(Object.keys(CHIP_MODELS)).default('esp32'))
    .addOption(
      new Option('--profile <profile>', 'for which its bootloader is set up; without it, it encrypts nothing').choices(
        Object.keys(PROFILES),
      ),
    )
    .option('--app-version <version>', 'of the app', '1.0.0')
    .requiredOption('--out <folder>', 'where it goes')
    .action(async ({ chip, profile, appVersion, out }: BuildOptions) => {
      const files = await writeReferenceBuild(out, chip, profile, appVersion);
      const made = `the reference device ${appVersion} for ${CHIP_MODELS[chip].chip.label}`;
      await cli.output.result({ folder: out, chip, profile, version: appVersion, files }, [
        `${join(out, 'flasher_args.json')}: ${made}${profile === undefined ? '' : `, profile ${profile}`}`,
      ]);
    });
}

/** Writes the reference device as ESP-IDF would have built it. @returns its files by their places in flash */
export async function writeReferenceBuild(
  folder: string,
  chipName: VirtualChipName,
  profile: ProfileName | undefined,
  version: string,
): Promise<Readonly<Record<string, string>>> {
  const { chip } = CHIP_MODELS[chipName];
  const flashEncryption = profile === undefined ? 'none' : PROFILES[profile].flashEncryption;
  const parts = await referenceFlash(chip, version, { flashEncryption });
  const names = ['bootloader.bin', 'partition-table.bin', 'app.bin'];
  const files: Record<string, string> = {};
  await makeNamedFolder(folder);
  for (const [index, { offset, bytes }] of parts.entries()) {
    const name = names[index] ?? `${toHexOffset(offset)}.bin`;
    files[toHexOffset(offset)] = name;
    await writeNamedFile(join(folder, name), bytes);
  }
  const flasherArgs = { flash_files: files, extra_esptool_args: { chip: chipName } };
  await writeNamedFile(join(folder, 'flasher_args.json'), `${JSON.stringify(flasherArgs, undefined, 2)}\n`);
  return files;
}
