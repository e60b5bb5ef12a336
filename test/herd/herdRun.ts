import type { MqttVersion } from '@mkiot/board/device/connection/mqttVersion';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { peakResidentBytesOf, residentBytesOf } from '../../bench/load/serverProcess.ts';
import { DeviceKey } from '../support/deviceKey.ts';
import { metrics } from '../support/metrics.ts';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { Program } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import type { HerdGathering, HerdJob, HerdMember } from './herdJob.ts';

const program = fileURLToPath(new URL('herdDevices.ts', import.meta.url));
/** So fast the herd comes for the first time. */
const FIRST_LOGINS_A_SECOND = 500;
/** A registration waits for the disk: some at once share a sync. */
const REGISTRATIONS_AT_ONCE = 16;
const MEBIBYTE = 1_048_576;

export interface HerdOptions {
  readonly devices: number;
  /** How the platform ends, restart by restart. */
  readonly signals: readonly ('SIGTERM' | 'SIGKILL')[];
  readonly mqttVersion: MqttVersion;
  /** Told how it goes, a line at a time. */
  readonly report: (line: string) => void;
}

/** One restart of the platform under a connected herd. */
export interface Restart {
  readonly signal: string;
  /** From the signal until the whole herd is connected again. */
  readonly seconds: number;
  /** From the signal until the platform listens again. */
  readonly downSeconds: number;
  readonly loginsPerSecond: number;
  readonly refused: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Sessions that the platform says are open in the end. */
  readonly sessions: number | undefined;
  /** RAM of the platform: with the whole herd before the restart, with it after, and at most meanwhile. */
  readonly mebibytes: { readonly before: number; readonly after: number; readonly peak: number };
}

/** Connects a herd to the real platform over TLS, restarts the platform, and waits until the whole herd is back. */
export async function runHerd(options: HerdOptions): Promise<readonly Restart[]> {
  const { devices, signals, report } = options;
  await using parts = new AsyncDisposableStack();
  const { path: folder } = parts.use(await temporaryFolder());
  let platform = parts.use(mkiotUp(folder));
  const { address, setupCode } = await isUp(platform, folder);
  report(`registering ${devices} devices`);
  const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
  const herd = parts.use(new Program(process.execPath, [program]));
  herd.write(JSON.stringify(await herdJob(owner, options)));
  report('the herd comes');
  report(JSON.stringify(await gathered(herd, 0)));

  const restarts: Restart[] = [];
  for (const signal of signals) {
    const before = residentBytesOf(platform.pid);
    const said = herd.lineCount;
    const startMs = Date.now();
    platform.kill(signal);
    await platform.exit;
    platform = parts.use(mkiotUp(folder, [...SILENT, '--mqtt-port', String(address.mqttPort)]));
    const restarted = await isUp(platform, folder);
    const upMs = Date.now();
    report(`${signal}: up again after ${upMs - startMs} ms`);
    const { firstLoginMs, lastLoginMs, connected, refused, failures } = await gathered(herd, said);
    const restart = {
      signal,
      seconds: (lastLoginMs - startMs) / 1_000,
      downSeconds: (upMs - startMs) / 1_000,
      loginsPerSecond: Math.round(connected / ((lastLoginMs - firstLoginMs) / 1_000)),
      refused,
      failures,
      sessions: (await metrics(restarted.address)).get('mkiot_mqtt_sessions'),
      mebibytes: {
        before: Math.round(before / MEBIBYTE),
        after: Math.round(residentBytesOf(platform.pid) / MEBIBYTE),
        peak: Math.round(peakResidentBytesOf(platform.pid) / MEBIBYTE),
      },
    };
    report(JSON.stringify(restart));
    restarts.push(restart);
  }
  return restarts;
}

const SILENT = ['--log-level', 'silent'];

async function herdJob(owner: PlatformUser, { devices: count, mqttVersion }: HerdOptions): Promise<HerdJob> {
  const { mqttPort: port, project: audience, caFile } = owner.address;
  const devices: HerdMember[] = [];
  const ids = Array.from({ length: count }, (_, index) => `pump-${index}`).values();
  const registerOneByOne = async (): Promise<void> => {
    for (const id of ids) {
      const key = new DeviceKey();
      const { clientId } = await owner.createDevice(id, {}, key);
      devices.push({ clientId, privateKeyPem: key.privateKeyPem });
    }
  };
  await Promise.all(Array.from({ length: REGISTRATIONS_AT_ONCE }, registerOneByOne));
  const startSpreadMs = (count / FIRST_LOGINS_A_SECOND) * 1_000;
  return { port, audience, mqttVersion, devices, startSpreadMs, caPem: await readFile(caFile, 'utf8') };
}

/** What the herd says when all of it is connected. @param from number of its first line that counts */
async function gathered(herd: Program, from: number): Promise<HerdGathering> {
  const { match } = await herd.line(/^\{"connected":.*\}$/, from);
  return JSON.parse(match[0]) as HerdGathering;
}
