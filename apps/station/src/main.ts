// The provisioning station in a browser: the same steps as `mkiot provision`, with what a browser has for ports.
import { ApiClient } from '@mkiot/core/api/client';
import type { ApiFetch } from '@mkiot/core/api/clientCaller';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { keepOffline } from './keepOffline.ts';
import { provisionInPage } from './provisionInPage.ts';
import { hasSerialPorts } from './serialPorts.ts';
import { stationPageError } from './stationPageErrors.ts';
import { browserUnitBook } from './storage/browserUnitBook.ts';
import { RecordQueue } from './storage/recordQueue.ts';
import { StationDatabase } from './storage/stationDatabase.ts';
import { jobOf } from './unitJob.ts';
import { type BenchWork, Bench } from './view/bench.ts';
import { part } from './view/elements.ts';
import { FirmwareSection } from './view/firmwareSection.ts';
import { confirmPlan } from './view/planDialog.ts';
import { showProblem } from './view/problems.ts';
import { QueueSection } from './view/queueSection.ts';
import { StationSection } from './view/stationSection.ts';
import { showUnfinished } from './view/unfinishedSection.ts';
import { readWishes } from './view/wishes.ts';

/** How often the server is asked while records wait for it. */
const RETRY_MS = 15_000;

/** A server that takes longer is away: the unit on the bench need not wait for it. */
const ANSWER_MS = 15_000;

const apiFetch: ApiFetch = (path, init) => fetch(path, { signal: AbortSignal.timeout(ANSWER_MS), ...init });
const tool = document.querySelector<HTMLMetaElement>('meta[name=generator]')?.content ?? 'MkIoT';

start().catch((error: unknown) => showProblem(part('problem', HTMLElement), error));
tellOffline().catch((error: unknown) => showProblem(part('problem', HTMLElement), error));

async function start(): Promise<void> {
  const database = await StationDatabase.open();
  const book = browserUnitBook(database);
  const queue = openQueue(database);
  const station = await StationSection.open(database, apiFetch);
  const firmwareSection = new FirmwareSection();
  const work: BenchWork = {
    async job() {
      const { firmware } = firmwareSection;
      if (firmware === undefined) throw stationPageError('STATION_FIRMWARE_MISSING');
      return jobOf(firmware, await readWishes(station.credential));
    },
    provision: (device, job, onProgress) =>
      provisionInPage(device, job, { clock: systemClock, book, queue, tool, confirm: confirmPlan, onProgress }),
    ended: () => showUnfinished(book),
  };
  await showUnfinished(book);
  if (hasSerialPorts()) new Bench(work).open();
  else part('unsupported', HTMLElement).hidden = false;
}

/** The queue in the page: it is sent when somebody says so, when the network is back, and from time to time. */
function openQueue(database: StationDatabase): RecordQueue {
  const section = new QueueSection();
  const send = (): void => void queue.sendAll();
  const show = (): void => void section.show(queue, send);
  const queue = new RecordQueue(database, new ApiClient(apiFetch).provisioning, show);
  addEventListener('online', send);
  setInterval(send, RETRY_MS);
  show();
  send();
  return queue;
}

async function tellOffline(): Promise<void> {
  const offline = part('offline', HTMLElement);
  const isKept = await keepOffline();
  offline.dataset['state'] = isKept ? 'good' : 'lacking';
  offline.textContent = isKept
    ? 'Works without the server too'
    : 'Works only with the server: this browser does not trust its certificate';
}
