import { delay } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { checkMac } from './checkUnit.ts';
import { DeviceConsole } from './deviceConsole.ts';
import { PRESS_MS } from './enterLoader.ts';
import type { Job, StationPorts } from './job.ts';
import type { StepLog } from './stepLog.ts';
import { donePage } from './unitBook.ts';
import type { UnitResult } from './unitResult.ts';

/** From a reset to the line in the boot log, on a slow board. */
const BOOT_MS = 20_000;
const CLOSED: ReadonlySet<string> = new Set(['LOADER_SILENT', 'UNIT_CLOSED']);

/**
 * The result of a unit whose last burn was done in a run that did not come to its end, or long ago: its loader is closed, but
 * its firmware says what key install has left, and that is in the book.
 *
 * @param refusal why the chip cannot be provisioned: thrown where it is none of the book's
 * @throws `UNIT_NOT_EXPECTED` where the job means another one
 */
export async function finishedUnit(
  refusal: unknown,
  { job, ports, log }: { readonly job: Job; readonly ports: StationPorts; readonly log: StepLog },
): Promise<UnitResult> {
  const isClosed = refusal instanceof MkiotError && CLOSED.has(refusal.code);
  const mayBeOurs = job.registration !== undefined && job.security?.profile.closesLoader === true;
  if (!isClosed || !mayBeOurs || ports.serial.closed.aborted) throw refusal;
  log.tell('detect', 'The loader is closed or silent: looking whether the firmware says that the unit is done');
  using console = await DeviceConsole.start(ports);
  await delay(ports.clock, ports.serial.hasLines ? BOOT_MS : PRESS_MS, console.ended);
  const { book } = ports;
  const digest = console.closedDigest;
  const mac = digest === undefined ? undefined : await book.findInstalled(digest);
  if (mac === undefined) throw refusal;
  const page = await book.findPage(mac);
  const result = page.result ?? page.beforeLastBurn;
  if (result === undefined) throw refusal;
  checkMac(mac, job.mac);
  await book.keepPage(mac, donePage(page, result));
  return result;
}
