import { rehearse } from '@mkiot/board/chip/rehearse';
import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { webInstallCrypto } from '@mkiot/core/keyInstall/webInstallCrypto';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { revisionOf } from '@mkiot/esp32/efuse/efuseFields';
import type { WebSerialDevice } from '@mkiot/esp32/serial/webSerial';
import type { Job, StationPorts } from '@mkiot/esp32/station/job';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import { labelContent } from '@mkiot/esp32/station/record/labelContent';
import type { FinishedUnit } from '@mkiot/esp32/station/record/unitRecord';
import { openPort } from './serialPorts.ts';
import type { BrowserUnitBook } from './storage/browserUnitBook.ts';
import type { RecordQueue } from './storage/recordQueue.ts';

/** What the page gives the station. */
export interface PagePorts extends Pick<StationPorts, 'confirm' | 'onProgress' | 'tool'> {
  readonly clock: Clock;
  readonly book: BrowserUnitBook;
  readonly queue: RecordQueue;
}

/** A unit that is done. */
export interface PageUnit extends FinishedUnit {
  /** Of a chip that can still be flashed over the cable: the browser itself has forgotten it. */
  readonly flashKey: Uint8Array<ArrayBuffer> | undefined;
}

const random: RandomFill = (bytes) => crypto.getRandomValues(bytes);

/**
 * Takes the unit at a port through the station. Its keys are forgotten when it is done: the browser needs them for a run that
 * is cut, and for nothing else.
 *
 * @throws `STATION_PORT_TAKEN`, and as `provisionUnit`
 */
export async function provisionInPage(device: WebSerialDevice, job: Job, ports: PagePorts): Promise<PageUnit> {
  const { clock, book, queue, tool, confirm, onProgress } = ports;
  await using serial = await openPort(device);
  let revision: number | undefined;
  const result = await provisionUnit(job, {
    serial,
    clock,
    aes: portableAes,
    random,
    crypto: webInstallCrypto,
    book,
    tool,
    rehearse: (state, work) => rehearse(state, clock, work),
    confirm,
    register: (record) => queue.register(record),
    onProgress(event) {
      if (event.type === 'unit') revision = revisionOf(event.unit.efuses);
      onProgress(event);
    },
  });
  const isOpen = job.security?.profile.closesLoader === false;
  const flashKey = isOpen ? (await book.findKeys(result.mac)).flash : undefined;
  await book.forgetKeys(result.mac);
  const content = labelContent(result, undefined);
  return { result, firmware: job.firmware, revision, endedMs: clock.now(), content, flashKey };
}
