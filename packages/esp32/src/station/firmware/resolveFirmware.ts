import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { FirmwarePart } from '../prepareFirmware.ts';
import type { BuildFolder, Firmware, NamedBytes } from './firmware.ts';
import { firmwareError } from './firmwareErrors.ts';
import { parseFlasherArgs } from './flasherArgs.ts';
import { placeFirmware } from './placeFirmware.ts';

type Role = 'app' | 'bootloader' | 'partitions';

/** How a tool names what it builds. */
interface Maker {
  readonly maker: string;
  readonly files: Readonly<Record<Role, RegExp>>;
  /** Told where the file is missing. */
  readonly examples: Readonly<Record<Role, string>>;
}

const WORDS: Readonly<Record<Role, string>> = {
  app: 'app',
  bootloader: 'bootloader',
  partitions: 'partition table',
};

const MAKERS: readonly Maker[] = [
  {
    maker: 'Arduino',
    files: { app: /\.ino\.bin$/, bootloader: /\.ino\.bootloader\.bin$/, partitions: /\.ino\.partitions\.bin$/ },
    examples: { app: '*.ino.bin', bootloader: '*.ino.bootloader.bin', partitions: '*.ino.partitions.bin' },
  },
  {
    maker: 'PlatformIO',
    files: { app: /^firmware\.bin$/, bootloader: /^bootloader\.bin$/, partitions: /^partitions\.bin$/ },
    examples: { app: 'firmware.bin', bootloader: 'bootloader.bin', partitions: 'partitions.bin' },
  },
];

const FLASHER_ARGS = 'flasher_args.json';
/** Of the Arduino core: otadata that chooses the first slot. */
const BOOT_APP0 = 'boot_app0.bin';

/**
 * The firmware in the folder of a build, whichever tool has built it. PlatformIO leaves a flasher_args.json of ESP-IDF that
 * names files which are not there, so it is asked last.
 *
 * @param tableOffset where the build has its partition table, unless it says so itself
 * @throws `FIRMWARE_NOT_FOUND`, `FIRMWARE_FILE_MISSING`, `FIRMWARE_FILES_MANY`, and as `placeFirmware`
 */
export async function resolveFirmware(folder: BuildFolder, tableOffset: number): Promise<Firmware> {
  const { source, names } = folder;
  const found = MAKERS.find(({ files }) => Object.values(files).every((file) => names.some((name) => file.test(name))));
  if (found === undefined && names.includes(FLASHER_ARGS)) return fromFlasherArgs(folder);
  const maker = found ?? MAKERS.find(({ files: { app } }) => names.some((name) => app.test(name)));
  if (maker === undefined) throw firmwareError('FIRMWARE_NOT_FOUND', { source });
  const file = (role: Role): Promise<NamedBytes> => readOne(folder, maker, role);
  const otadata = names.includes(BOOT_APP0) ? { name: BOOT_APP0, bytes: await folder.read(BOOT_APP0) } : undefined;
  const [app, bootloader, partitions] = await Promise.all([file('app'), file('bootloader'), file('partitions')]);
  return placeFirmware({ app, bootloader, partitions, otadata }, tableOffset);
}

/** @throws `FIRMWARE_FILE_MISSING`, `FIRMWARE_FILES_MANY` */
async function readOne(folder: BuildFolder, { maker, files, examples }: Maker, role: Role): Promise<NamedBytes> {
  const { source, names } = folder;
  const what = WORDS[role];
  const [name, ...others] = names.filter((name) => files[role].test(name));
  if (name === undefined) throw firmwareError('FIRMWARE_FILE_MISSING', { source, maker, what, file: examples[role] });
  if (others.length > 0)
    throw firmwareError('FIRMWARE_FILES_MANY', { source, what, files: [name, ...others].join(', ') });
  return { name, bytes: await folder.read(name) };
}

async function fromFlasherArgs(folder: BuildFolder): Promise<Firmware> {
  const { chip, files } = parseFlasherArgs(
    utf8Decode(await folder.read(FLASHER_ARGS)),
    `${folder.source}/${FLASHER_ARGS}`,
  );
  const parts: FirmwarePart[] = [];
  for (const { offset, path } of files) parts.push({ name: path, offset, bytes: await folder.read(path) });
  return { chip, parts };
}
