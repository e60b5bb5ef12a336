// The thread in which cases run: a loop that hangs cannot be watched from within.
import type { PacketTypeName } from '@mkiot/core/mqtt/packetTypes';
import { parentPort, workerData } from 'node:worker_threads';
import { BridgeCheck } from './bridgeCheck.ts';
import { Growth } from './growth.ts';
import { mqttCase, parseMqttCase } from './mqttCase.ts';
import { readMqttCorpus } from './mqttCorpus.ts';
import type { FuzzCounts, FuzzOrder } from './mqttFuzz.ts';
import { checkParser } from './parserCheck.ts';

const REPORT_MS = 60_000;
const SAMPLE_MS = 500;
/** Of the processor, for one case. */
const SLOWEST_MS = 1_000;

const { seed, milliseconds, progress, saved } = workerData as FuzzOrder;
const corpus = readMqttCorpus();
const bridgeCheck = new BridgeCheck();
const growth = new Growth();
const packets: Partial<Record<PacketTypeName, number>> = {};
const startedMs = performance.now();
let cases = 0;
let slowestMs = 0;

if (saved === undefined) await runAll();
else await run(parseMqttCase(saved));
report();

async function runAll(): Promise<void> {
  let sampledMs = startedMs;
  let reportedMs = startedMs;
  for (let nowMs = startedMs; nowMs < startedMs + milliseconds; nowMs = performance.now()) {
    Atomics.store(progress, 0, cases);
    await run(mqttCase(corpus, seed, cases));
    if (nowMs - sampledMs > SAMPLE_MS) {
      growth.sample();
      sampledMs = nowMs;
      if (growth.isTooMuch)
        throw new Error(`memory grows: ${growth.excessBytes} bytes more are kept than at the beginning`);
    }
    if (nowMs - reportedMs > REPORT_MS) {
      report();
      reportedMs = nowMs;
    }
  }
}

async function run(one: ReturnType<typeof mqttCase>): Promise<void> {
  const before = process.threadCpuUsage();
  for (const { type } of checkParser(one)) packets[type] = (packets[type] ?? 0) + 1;
  await bridgeCheck.run(one);
  const { user, system } = process.threadCpuUsage(before);
  const caseMs = (user + system) / 1_000;
  slowestMs = Math.max(slowestMs, caseMs);
  if (caseMs > SLOWEST_MS) throw new Error(`it takes ${caseMs} ms`);
  cases++;
}

function report(): void {
  const { counts, connectionCount } = bridgeCheck.bridge;
  const said: FuzzCounts = {
    seed,
    seconds: Math.round((performance.now() - startedMs) / 1_000),
    cases,
    packets,
    connections: counts.connectionsAccepted,
    logins: counts.loginsAccepted,
    messages: counts.messagesReceived,
    closed: Object.fromEntries(counts.closed),
    openConnections: connectionCount,
    slowestMs: Math.round(slowestMs),
    heapMebibytes: growth.ends.map((bytes) => Math.round(bytes / 104_857.6) / 10),
  };
  // oxlint-disable-next-line require-post-message-target-origin -- that is for windows; this is the port of a thread
  parentPort?.postMessage(said);
}
