// What Linux tells of a process: proc(5).
import { readFileSync } from 'node:fs';

/** The unit of CPU times in /proc; 100 a second on every Linux. */
const TICKS_PER_SECOND = 100;

/** User and system time of all threads of a process so far. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The memory of a process that is in RAM. */
export function residentBytesOf(pid: number): number {
  return statusBytes(pid, 'VmRSS');
}

/** The most that {@link residentBytesOf} has ever been. */
export function peakResidentBytesOf(pid: number): number {
  return statusBytes(pid, 'VmHWM');
}

function statusBytes(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) * 1_024;
}

/** How long a core has been at work so far, for whomever. */
export function busySecondsOfCore(core: number): number {
  const match = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'));
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (match?.[1] ?? '').split(' ').map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}
