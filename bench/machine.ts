import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { benchError } from './benchErrors.ts';

/** What a figure depends on beside the program. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly fileSystem: string;
  /** Of the last minute, when the measurement began. */
  readonly loadAverage: number;
}

/** The magic numbers of statfs(2). What is kept in memory alone is no disk. */
const FILE_SYSTEMS: Readonly<Record<number, { readonly name: string; readonly isDisk: boolean }>> = {
  0xef53: { name: 'ext4', isDisk: true },
  0x58465342: { name: 'xfs', isDisk: true },
  0x9123683e: { name: 'btrfs', isDisk: true },
  0xf2f52010: { name: 'f2fs', isDisk: true },
  0x2fc12fc1: { name: 'zfs', isDisk: true },
  0x794c7630: { name: 'overlay', isDisk: true },
  0x01021994: { name: 'tmpfs', isDisk: false },
  0x858458f6: { name: 'ramfs', isDisk: false },
};

/** @throws `BENCH_NOT_A_DISK` */
export function describeMachine(dataFolder: string): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    fileSystem: diskOf(dataFolder),
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** The cores that this process may use. @throws `BENCH_TOO_FEW_CORES` when they are less than two */
export function twoCores(): readonly [server: number, load: number] {
  const list = /^Cpus_allowed_list:\s+(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const cores = list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  const [server, load] = cores;
  if (server === undefined || load === undefined) throw benchError('BENCH_TOO_FEW_CORES', { cores: cores.length });
  return [server, load];
}

/** @param packages the programs that are needed, by name or path, each with the Debian package that has it. @throws `BENCH_PROGRAM_MISSING` */
export function requirePrograms(packages: Readonly<Record<string, string>>): void {
  for (const [program, debianPackage] of Object.entries(packages)) {
    if (!isInstalled(program)) throw benchError('BENCH_PROGRAM_MISSING', { program, package: debianPackage });
  }
}

/** The commit of the checkout, with a plus when files differ from it; empty where there is no git. */
export function commitOfCheckout(): string {
  try {
    const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'packages') === '' ? '' : '+'}`;
  } catch {
    return '';
  }
}

function diskOf(folder: string): string {
  const { type } = statfsSync(folder);
  const { name, isDisk } = FILE_SYSTEMS[type] ?? { name: `0x${type.toString(16)}`, isDisk: true };
  if (!isDisk) throw benchError('BENCH_NOT_A_DISK', { folder, fileSystem: name });
  return name;
}

function isInstalled(program: string): boolean {
  const folders = isAbsolute(program) ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
