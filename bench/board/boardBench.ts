import { cpus } from 'node:os';
import { randomFillSync } from 'node:crypto';
import { REFERENCE_FLASH_BYTES } from '@mkiot/board/chip/app/reference/referenceFlash';
import type { BootloaderOptions } from '@mkiot/board/chip/boot/bootloaderOptions';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { ReferenceBoard } from '@mkiot/board/chip/referenceBoard';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { nodeAes } from '../../packages/cli/src/runtime/nodeAes.ts';
import { commitOfCheckout } from '../machine.ts';
import { markdownTable } from '../markdownTable.ts';

const MEGABYTE = 1_000_000;
const BOARDS = 100;
const WANTED = { bootMs: 3_000, boardMegabytes: 10 } as const;
const PAUSE_MS = 2_000;

/** Measures virtual boards: a first boot that encrypts a flash of 4 MB, and many boards in one process. */
export async function runBoardBench(print: (line: string) => void): Promise<void> {
  print(`# Virtual boards, commit ${commitOfCheckout()}`);
  print('');
  print(`${cpus()[0]?.model.trim()}, ${cpus().length} cores; Node ${process.version}; unthrottled.`);
  print('');
  const rows: string[][] = [];
  for (const chip of ['esp32', 'esp32s3', 'esp32c3'] as const) {
    const tookMs = await firstBootMs(chip);
    rows.push([
      `${chip}: from blank to factory state, 4 MB encrypted in place`,
      `${tookMs} ms`,
      verdict(tookMs, WANTED.bootMs, 'ms'),
    ]);
  }
  const megabytes = await megabytesOfABoard();
  rows.push([
    `${BOARDS} boards with running firmware in one process: memory of each`,
    `${megabytes.toFixed(1)} MB`,
    verdict(megabytes, WANTED.boardMegabytes, 'MB'),
  ]);
  for (const line of markdownTable(['', 'measured', 'wanted'], rows)) print(line);
}

function verdict(measured: number, wanted: number, unit: string): string {
  return `at most ${wanted} ${unit}: ${measured <= wanted ? 'met' : 'missed'}`;
}

async function firstBootMs(chip: VirtualChipName): Promise<number> {
  const board = newBoard(chip, 'release');
  await board.flashIfBlank();
  const startedMs = performance.now();
  board.chip.powerOn();
  await board.publicKey;
  const tookMs = performance.now() - startedMs;
  await board.chip.powerOff();
  return Math.round(tookMs);
}

/** Resident memory that each of many boards adds. */
async function megabytesOfABoard(): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const boards = Array.from({ length: BOARDS }, () => newBoard('esp32', 'none'));
  for (const board of boards) {
    await board.flashIfBlank();
    board.chip.powerOn();
  }
  await Promise.all(boards.map((board) => board.publicKey));
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const after = process.memoryUsage.rss();
  await Promise.all(boards.map((board) => board.chip.powerOff()));
  return (after - before) / MEGABYTE / BOARDS;
}

function newBoard(chip: VirtualChipName, flashEncryption: BootloaderOptions['flashEncryption']): ReferenceBoard {
  const model = CHIP_MODELS[chip];
  return new ReferenceBoard({
    model,
    flashCells: erasedFlash(REFERENCE_FLASH_BYTES),
    efuses: factoryEfuses(model, randomFillSync(new Uint8Array(6))),
    clock: systemClock,
    random: randomFillSync,
    aes: nodeAes,
    firmwareVersion: '1.0.0',
    flashEncryption,
    openStream: () => () => Promise.reject(new Error('there is no network here')),
    sensors: () => [],
    onLine: () => undefined,
    onEvent: () => undefined,
  });
}
