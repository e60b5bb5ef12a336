import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readGasGauge } from '../../device/drivers/gasGauge.ts';
import { I2cBus } from '../i2c/i2cBus.ts';
import { passTime } from '../passTime.testing.ts';
import { Battery } from './battery.ts';
import { EnergyMeter } from './energyMeter.ts';
import { Ltc2942 } from './ltc2942.ts';
import { mahOfTransmission, TRANSMISSIONS } from './transmissions.ts';

const HOUR_MS = 3_600_000;

test('the meter adds up what each part takes, in its time', () => {
  const clock = new VirtualClock();
  const meter = new EnergyMeter(clock);
  const [radio, sensor] = [meter.load('radio'), meter.load('sensor')];
  radio.set(100);
  clock.advance(HOUR_MS);
  sensor.set(20);
  clock.advance(HOUR_MS / 2);
  radio.set(0);
  assert.equal(meter.milliamperes, 20);
  clock.advance(HOUR_MS / 2);
  assert.deepEqual([meter.usedMahOf('radio'), meter.usedMahOf('sensor'), meter.usedMah], [150, 20, 170]);
});

test('a battery runs empty in the time of its charge, a charger fills it, and its voltage follows', () => {
  const clock = new VirtualClock();
  const meter = new EnergyMeter(clock);
  const load = meter.load('all');
  load.set(100);
  const battery = new Battery(clock, meter, { capacityMah: 1_000, charged: 0.5, chargingMa: 0 });
  const volts: number[] = [];
  for (let hour = 0; hour <= 5; hour++) {
    volts.push(battery.volts);
    clock.advance(HOUR_MS);
  }
  assert.ok(volts.every((value, index) => index === 0 || value < (volts[index - 1] ?? 0)));
  assert.ok(Math.abs((volts[5] ?? 0) - (3 - 0.015)) < 1e-9);
  assert.equal(battery.leftMah, 0);
  load.set(0);
  const charged = new Battery(clock, meter, { capacityMah: 1_000, charged: 0, chargingMa: 500 });
  clock.advance(HOUR_MS);
  assert.equal(charged.leftMah, 500);
  clock.advance(9 * HOUR_MS);
  assert.deepEqual([charged.leftMah, charged.volts], [1_000, 4.2]);
});

test('the gauge tells over I2C what was taken and the voltage, to one step of its counters', async () => {
  const clock = new VirtualClock();
  const meter = new EnergyMeter(clock);
  meter.load('all').set(130);
  const battery = new Battery(clock, meter, { capacityMah: 2_000, charged: 1, chargingMa: 0 });
  const bus = new I2cBus(clock, 400_000);
  bus.attach(new Ltc2942(meter, battery));
  clock.advance(3 * HOUR_MS);
  const { volts, usedMah } = await passTime(clock, readGasGauge(bus));
  assert.ok(Math.abs(usedMah - 390) <= 0.085, `${usedMah}`);
  assert.ok(Math.abs(volts - battery.volts) < 0.001, `${volts}`);
});

test('a resumed TLS session costs about half of a full one, and a Sigfox frame at 22.5 dBm more than both', () => {
  const { tlsFull, tlsResumed, sigfox } = TRANSMISSIONS;
  const [full, resumed, frame] = [tlsFull, tlsResumed, sigfox].map(mahOfTransmission) as [number, number, number];
  assert.ok(resumed < 0.6 * full, `${resumed} ${full}`);
  assert.ok(frame > full, `${frame} ${full}`);
});

test('the table of the documentation has the numbers that the meter gives', () => {
  const page = readFileSync(new URL('../../../../../docs/virtual-board.md', import.meta.url), 'utf8');
  for (const [name, phases] of Object.entries(TRANSMISSIONS)) {
    const mah = mahOfTransmission(phases);
    const row = `\`${name}\` | ${mah.toFixed(4)} | ${Math.floor(2_000 / mah).toLocaleString('en')} |`;
    assert.ok(page.includes(row), `docs/virtual-board.md lacks: ${row}`);
  }
});
