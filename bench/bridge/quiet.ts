import { setTimeout as pause } from 'node:timers/promises';
import { cpuSecondsOf } from '../load/serverProcess.ts';

const LOOK_MS = 250;
/** What garbage collectors, heartbeats and timers of idle servers take together. */
const QUIET_SHARE = 0.08;
/** A server that never rests is measured nevertheless: the table says how much of the core others took. */
const LONGEST_MS = 30_000;

/** Waits until these processes together have next to nothing to do. */
export async function becomeQuiet(pids: readonly number[], signal: AbortSignal): Promise<void> {
  const cpuSeconds = (): number => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += LOOK_MS) {
    const before = cpuSeconds();
    await pause(LOOK_MS, undefined, { signal });
    if (cpuSeconds() - before <= (QUIET_SHARE * LOOK_MS) / 1_000) return;
  }
}
