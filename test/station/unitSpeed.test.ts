// How long whole units take, in virtual time: locked for production, with keys made by the device, registered.
import type { VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { delay } from '@mkiot/core/clock/clock';
import { gapsTo } from '@mkiot/esp32/plan/goal';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import {
  BRIDGE_ID,
  type EnrolledTestStation,
  provisioningBench,
} from '@mkiot/server/provisioning/provisioning.testing';
import { deviceName } from '@mkiot/server/registry/registry.testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { largeJobFor, MEBIBYTE } from './speedJob.ts';
import { inTimeOf, StationBench } from './stationBench.ts';
import { FIRMWARES, portsOf } from './stationJob.ts';

const MOST_MS = 90_000;
const UNITS = 8;
/** An adapter of FTDI keeps what it hears so long, if nobody tells it not to. */
const LATENCY_MS = 16;
const CA_PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

interface UnitOptions {
  readonly station: EnrolledTestStation;
  readonly clock: VirtualClock;
  readonly number?: number;
  readonly bytes?: number;
  readonly latencyMs?: number;
}

/** Takes a blank chip to a locked and registered device. */
async function unit(name: VirtualChipName, options: UnitOptions): Promise<UnitResult> {
  const { station, clock, number = 1, bytes = MEBIBYTE, latencyMs = 0 } = options;
  const mac = Uint8Array.of(0xa0, 0xb1, 0xc2, 0xd3, 0xe4, number);
  const bench = new StationBench(name, { firmwares: FIRMWARES, isThrottled: true, clock, mac });
  const ports = portsOf(bench, { serial: latencyMs === 0 ? bench.port : lateFrom(bench, latencyMs) });
  const job = await largeJobFor(name, bytes, {
    registration: {
      deviceName: () => deviceName(`pump-${number}`),
      platform: { host: 'iot.example', port: 8883, caPem: CA_PEM, bridgeId: BRIDGE_ID },
      keyCount: 1,
      keysMadeBy: 'device',
      keyExpiriesMs: [],
      station: { id: station.record.id, key: station.key },
    },
  });
  const result = await provisionUnit(job, ports);
  assert.deepEqual(gapsTo(PROFILES.production, bench.chip.efuses.trueBits()), []);
  await bench.chip.powerOff();
  return result;
}

/** The port of a bench, on a cable that keeps back what the chip says. */
function lateFrom({ port, clock }: StationBench, latencyMs: number): StationBench['port'] {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
    set(target, name, value: typeof port.onBytes) {
      if (name !== 'onBytes') return false;
      target.onBytes = value && ((bytes) => void delay(clock, latencyMs).then(() => value(bytes)));
      return true;
    },
  });
}

const secondsOf = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

for (const name of ['esp32', 'esp32s3'] as const) {
  for (const latencyMs of [0, LATENCY_MS]) {
    const cable = latencyMs === 0 ? '' : `, on a cable that keeps each answer for ${latencyMs} ms`;
    test(`an ${name} with an app of 1 MiB is provisioned in at most 90 s${cable}`, async (t) => {
      await using server = await provisioningBench();
      const clock = new VirtualClock();
      const station = await server.enrolStation();
      const { durationMs, steps } = await inTimeOf(clock, unit(name, { station, clock, latencyMs }));
      const listed = steps.map(({ step, durationMs: ms }) => `${step} ${secondsOf(ms)}`).join(', ');
      t.diagnostic(`${secondsOf(durationMs)}: ${listed}`);
      assert.ok(durationMs <= MOST_MS, `${durationMs}`);
    });
  }
}

test('eight units on one clock take at most 1.3 times as long as one', async (t) => {
  await using server = await provisioningBench();
  const station = await server.enrolStation();
  const bytes = MEBIBYTE / 4;
  const alone = new VirtualClock();
  const one = await inTimeOf(alone, unit('esp32', { station, clock: alone, bytes }));
  const clock = new VirtualClock();
  const numbers = Array.from({ length: UNITS }, (_, index) => index + 1);
  const all = numbers.map((number) => unit('esp32', { station, clock, number, bytes }));
  await inTimeOf(clock, Promise.all(all));
  t.diagnostic(`${secondsOf(clock.monotonic())} for eight, ${secondsOf(one.durationMs)} for one`);
  assert.ok(clock.monotonic() <= 1.3 * one.durationMs);
});
