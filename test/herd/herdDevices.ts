// The herd, in a process of its own: many devices with the connection code of the reference device. A HerdJob on standard
// input, a HerdGathering a line on standard output.
import { BACK_OFF } from '@mkiot/board/device/connection/backOff';
import type { OpenStream } from '@mkiot/board/device/connection/byteStream';
import { runConnectionLoop, type SessionEnd } from '@mkiot/board/device/connection/connectionLoop';
import { MqttClient } from '@mkiot/board/device/connection/mqttClient';
import { MQTT_VERSIONS } from '@mkiot/board/device/connection/mqttVersion';
import { Deadline } from '@mkiot/board/device/deadline';
import { SESSION_SETTINGS } from '@mkiot/board/device/session';
import { tlsOpener } from '@mkiot/board/node/tlsStream';
import { delay } from '@mkiot/core/clock/clock';
import { systemClock as clock } from '@mkiot/core/clock/systemClock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { createJwt } from '@mkiot/core/jwt/createJwt';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import { createPrivateKey } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Gathering } from './gathering.ts';
import type { HerdJob, HerdMember } from './herdJob.ts';
import { Turnstile } from './turnstile.ts';

const TOKEN_SECONDS = 3_600;
/** A device has a processor of its own. Here all share one: with more logins at once each would take longer than it may. */
const LOGINS_AT_ONCE = 500;

const { value: line } = await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next();
const job = JSON.parse(line as string) as HerdJob;
const openStream = tlsOpener({ host: '127.0.0.1', port: job.port, caPem: job.caPem }, clock);
const gathering = new Gathering(job.devices.length, clock, (all) => console.log(JSON.stringify(all)));
const turnstile = new Turnstile(LOGINS_AT_ONCE);
const forEver = new AbortController().signal;

await Promise.all(
  job.devices.map(async (member, index) => {
    await delay(clock, (job.startSpreadMs * index) / job.devices.length);
    await runConnectionLoop(
      {
        clock,
        random: randomFill,
        backOff: BACK_OFF,
        // Devices have been connected for long when their server restarts; here every session counts as such.
        heldMs: 1,
        runSession: (signal) => runSession(openStream, member, signal),
        onRetry: ({ error }) => gathering.failed(error),
      },
      forEver,
    );
  }),
);

/** One session: it logs in as the reference device does, and stays until it is cut. */
async function runSession(open: OpenStream, member: HerdMember, signal: AbortSignal): Promise<SessionEnd> {
  try {
    const client = await turnstile.pass(() => logIn(open, member, signal));
    const openedMs = clock.monotonic();
    gathering.joined();
    const error = await client.ended;
    gathering.left();
    return { heldMs: clock.monotonic() - openedMs, error };
  } catch (error) {
    if (!(error instanceof MkiotError)) throw error;
    return { heldMs: 0, error };
  }
}

async function logIn(open: OpenStream, { clientId, privateKeyPem }: HerdMember, signal: AbortSignal) {
  using deadline = new Deadline(clock, SESSION_SETTINGS.connectTimeoutMs);
  const giveUp = AbortSignal.any([signal, deadline.signal]);
  const stream = await open(giveUp);
  const iat = Math.floor(clock.now() / 1_000);
  const key = nodeSigningKey(createPrivateKey(privateKeyPem));
  const token = await createJwt({ aud: job.audience, iat, exp: iat + TOKEN_SECONDS }, key);
  const protocolLevel = MQTT_VERSIONS[job.mqttVersion];
  const onMessage = () => Promise.resolve(true);
  return MqttClient.connect(
    { stream, clock, settings: SESSION_SETTINGS, protocolLevel, clientId, proof: { token }, onMessage },
    giveUp,
  );
}
