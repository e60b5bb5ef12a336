// What a worker thread runs: a TLS listener whose connections are carried to the bridge in the main thread.
import { systemClock } from '@mkiot/core/clock/systemClock';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { ListenerLog, TlsCertificate } from '../bridge/listener/deviceListener.ts';
import { listenForDevices } from '../bridge/listener/listenForDevices.ts';
import { Carrier } from './carrier.ts';
import { Outbox } from './outbox.ts';
import { ToldTicketKeys } from './toldTicketKeys.ts';
import { ToldWatch } from './toldWatch.ts';
import type { WorkerNews, WorkerOrder, WorkerStart } from './workerMessages.ts';

const port = parentPort as MessagePort;
const start = workerData as WorkerStart;
const tell = (news: WorkerNews, transferred: ArrayBuffer[] = []): void => port.postMessage(news, transferred);

const outbox = new Outbox((batch) => tell(batch, [batch]));
const carrier = new Carrier(outbox, start.exporter);
const ticketKeys = new ToldTicketKeys(start.ticketKeys);
const watch = new ToldWatch(systemClock, outbox, start.shutOut);
const log: ListenerLog = {
  debug: ({ err }, text) => {
    if (start.logsDebug) tell({ type: 'LOGGED', level: 'debug', error: err, text });
  },
  error: ({ err }, text) => tell({ type: 'LOGGED', level: 'error', error: err, text }),
};

const listener = await listenForDevices({
  host: start.host,
  port: start.port,
  reusePort: true,
  certificate: start.certificate,
  ticketKeys,
  clock: systemClock,
  log,
  handshakeMs: start.handshakeMs,
  watch,
  accept: (socket, remoteAddress, acceptedAtMs) =>
    carrier.carry(socket, remoteAddress, systemClock.monotonic() - acceptedAtMs),
});
port.on('message', (order: WorkerOrder) => {
  if (order instanceof ArrayBuffer) carrier.receive(order);
  else void obey(order);
});
tell({ type: 'LISTENING' });

async function obey(order: Exclude<WorkerOrder, ArrayBuffer>): Promise<void> {
  switch (order.type) {
    case 'CERTIFICATE':
      changeCertificate(order.certificate);
      break;
    case 'TICKET_KEYS':
      ticketKeys.change(order.ticketKeys);
      break;
    case 'SHUT_OUT':
      watch.change(order.change);
      break;
    case 'STOP':
      await listener.close();
      tell({ type: 'STOPPED' });
      break;
  }
}

/** A certificate that cannot be used must not cost the connections: the present one stays in use. */
function changeCertificate(certificate: TlsCertificate): void {
  try {
    listener.setSecureContext(certificate);
  } catch (error) {
    log.error({ err: error }, 'a bridge worker cannot use its new certificate; the present one stays in use');
  }
}
