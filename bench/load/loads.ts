import { once } from 'node:events';
import { encodeDisconnect } from '@mkiot/core/mqtt/disconnect';
import type { ConnectLoad, IdleLoad, Job, Load, Login, Measurement, PacedLoad, PublishLoad } from './job.ts';
import { LoginClient } from './login.ts';
import { Meter } from './meter.ts';
import { Publisher, unitsOf } from './publisher.ts';
import { ReceiveBuffer, RecordConnection } from './recordConnection.ts';

/** How many logins are under way while connections are opened that are not measured themselves. */
const OPENING_AT_ONCE = 32;
/** A device that sends at a pace may have this many messages without answer; then it leaves some out. */
const PACED_WINDOW = 64;

type Fail = (error: Error) => void;

/** Puts a load on a server. Rejects as soon as anything is not as it should be: a figure with losses is none. */
export function runLoad(job: Job): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    start(job, reject).then(resolve, reject);
  });
}

function start(job: Job, fail: Fail): Promise<Measurement> {
  const { load } = job;
  if (load.kind === 'publish') return publish(job, load, fail);
  if (load.kind === 'paced') return publishPaced(job, load, fail);
  return load.kind === 'connect' ? connectOverAndOver(job, load, fail) : stayIdle(job, load, fail);
}

async function publish(job: Job, load: PublishLoad, fail: Fail): Promise<Measurement> {
  const meter = new Meter(job);
  const publishers = await openPublishers(job, load, load.window, meter, fail, (publisher, count) =>
    publisher.send(count),
  );
  for (const publisher of publishers) publisher.send(load.window);
  return meter.measure();
}

async function publishPaced(job: Job, load: PacedLoad, fail: Fail): Promise<Measurement> {
  const meter = new Meter(job);
  const publishers = await openPublishers(job, { ...load, qos: 1 }, PACED_WINDOW, meter, fail, () => undefined);
  let turn = 0;
  const timer = setInterval(() => {
    const publisher = publishers[turn++ % publishers.length];
    if (publisher?.isFree === true) publisher.send(1);
  }, 1_000 / load.messagesPerSecond);
  try {
    return await meter.measure();
  } finally {
    clearInterval(timer);
  }
}

async function connectOverAndOver({ target, ...job }: Job, load: ConnectLoad, fail: Fail): Promise<Measurement> {
  const meter = new Meter({ target, ...job });
  const client = new LoginClient(target);
  await client.prepare(target.logins);
  const logins = inTurns(target.logins);
  const connectForEver = async (): Promise<void> => {
    for (const login of logins) {
      const startedAtMs = performance.now();
      const socket = client.connectTls();
      await client.logIn(socket, login);
      meter.done++;
      meter.latency.add(performance.now() - startedAtMs);
      socket.end(encodeDisconnect({ type: 'DISCONNECT' }));
    }
  };
  for (let each = 0; each < load.concurrency; each++) connectForEver().catch(fail);
  return meter.measure();
}

async function stayIdle(job: Job, load: IdleLoad, fail: Fail): Promise<Measurement> {
  const meter = new Meter(job);
  const client = new LoginClient(job.target);
  await openMany(job, load, async (login) => {
    const socket = client.connectTls();
    await client.logIn(socket, login);
    void once(socket, 'close').then(() => fail(new Error(`The idle connection of ${login.clientId} has ended.`)), fail);
  });
  return meter.measure();
}

async function openPublishers(
  job: Job,
  load: Pick<PublishLoad, 'connections' | 'qos' | 'payloadBytes'>,
  window: number,
  meter: Meter,
  fail: Fail,
  answered: (publisher: Publisher, count: number) => void,
): Promise<readonly Publisher[]> {
  const client = new LoginClient(job.target);
  const receiveBuffer = new ReceiveBuffer();
  return openMany(job, load, async (login) => {
    const connection = await RecordConnection.open(client, login, receiveBuffer);
    const publisher = new Publisher(connection, unitsOf(login.deviceId, load.qos, load.payloadBytes, window), meter);
    connection.onAnswer((contentBytes) => answered(publisher, publisher.answered(contentBytes)), fail);
    return publisher;
  });
}

/** Opens the connections of a load, each as another device. */
async function openMany<Opened>(
  { target }: Job,
  { connections }: Extract<Load, { connections: number }> | { connections: number },
  open: (login: Login) => Promise<Opened>,
): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  const waiting = target.logins.slice(0, connections).values();
  const openAll = async (): Promise<void> => {
    for (const login of waiting) opened.push(await open(login));
  };
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, openAll));
  return opened;
}

function* inTurns<Item>(items: readonly Item[]): Generator<Item, never, undefined> {
  for (;;) yield* items;
}
