import { concatBytes, toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import fc from 'fast-check';
import { GPS } from 'gps';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GnssReceiver } from '../../device/drivers/gnssReceiver.ts';
import { I2cBus } from '../i2c/i2cBus.ts';
import { nmeaSentences, readNmeaFix } from '../nmea/nmeaFix.ts';
import { encodeNmeaSentence, parseNmeaSentence } from '../nmea/nmeaSentence.ts';
import { passTime } from '../passTime.testing.ts';
import { decodeNavPvt, encodeNavPvt } from '../ubx/navPvt.ts';
import { encodeUbx, GnssStream, UBX } from '../ubx/ubxFrame.ts';
import type { GnssFix } from './gnssFix.ts';
import { parseGpx } from './gpx.ts';
import { SamM8q } from './samM8q.ts';
import { roundTrip, trackOf, wayBetween } from './track.ts';

const double = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const fixes: fc.Arbitrary<GnssFix> = fc.record({
  latitude: double(-90, 90),
  longitude: double(-180, 180),
  altitude: double(-400, 9_000),
  timeMs: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2079, 0) }).map((ms) => ms - (ms % 10)),
  dimensions: fc.constant(3 as const),
  speed: double(0, 300),
  course: double(0, 359.9),
  satellites: fc.integer({ min: 4, max: 12 }),
  accuracy: double(0.5, 50),
});

const hex = (digits: string): Uint8Array =>
  Uint8Array.from(digits.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not near ${expected}`);

test('a fix goes through NAV-PVT to a ten-millionth of a degree', () => {
  fc.assert(
    fc.property(fixes, (fix) => {
      const read = decodeNavPvt(encodeNavPvt(fix));
      assert.ok(read !== undefined);
      near(read.latitude, fix.latitude, 1e-7);
      near(read.longitude, fix.longitude, 1e-7);
      near(read.altitude, fix.altitude, 1e-3);
      near(read.speed, fix.speed, 1e-3);
      near(read.course, fix.course, 1e-5);
      assert.deepEqual([read.timeMs, read.satellites, read.dimensions], [fix.timeMs, fix.satellites, 3]);
    }),
  );
});

test('a fix goes through GGA and RMC, and the parser of gps reads the same from every sentence', () => {
  fc.assert(
    fc.property(fixes, (fix) => {
      const parsed = (type: 'GGA' | 'RMC' | 'GLL' | 'VTG' | 'GSA'): GnssFix & Record<string, unknown> => {
        const line = nmeaSentences(type, fix, []).trimEnd();
        const foreign = GPS.Parse(line) as unknown as (GnssFix & { valid: boolean; lat: number; lon: number }) | false;
        assert.ok(foreign !== false && foreign.valid, line);
        const sentence = parseNmeaSentence(line);
        assert.ok(sentence !== undefined);
        const own = readNmeaFix(sentence);
        if (own?.latitude !== undefined) {
          near(own.latitude, fix.latitude, 1e-7);
          near(own.longitude ?? 0, fix.longitude, 1e-7);
          near(foreign.lat, fix.latitude, 1e-6);
          near(foreign.lon, fix.longitude, 1e-6);
        }
        return { ...foreign, ...own };
      };
      near(parsed('GGA').altitude, fix.altitude, 0.051);
      const rmc = parsed('RMC');
      assert.equal(rmc.timeMs, fix.timeMs);
      near(rmc.speed, fix.speed, 1e-3);
      for (const type of ['GLL', 'VTG', 'GSA'] as const) parsed(type);
    }),
  );
});

test('GSV tells four satellites a sentence, which gps reads', () => {
  const satellites = Array.from({ length: 6 }, (_, index) => ({
    id: index + 1,
    elevation: 30,
    azimuth: 7,
    strength: 40,
  }));
  const lines = nmeaSentences('GSV', {} as GnssFix, satellites)
    .trimEnd()
    .split('\r\n');
  const read = lines.map((line) => GPS.Parse(line) as unknown as { valid: boolean; satellites: { prn: number }[] });
  assert.deepEqual(
    read.map(({ valid, satellites: seen }) => [valid, seen.map(({ prn }) => prn)]),
    [
      [true, [1, 2, 3, 4]],
      [true, [5, 6]],
    ],
  );
});

test('a sentence with any wrong character is none', () => {
  const line = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';
  const sentence = parseNmeaSentence(line);
  assert.ok(sentence !== undefined);
  assert.equal(encodeNmeaSentence(sentence).trimEnd(), line);
  const fix = readNmeaFix(sentence);
  near(fix?.latitude ?? 0, 48.1173, 1e-4);
  assert.equal(fix?.altitude, 545.4);
  for (let at = 0; at < line.length; at++) {
    const wrong = `${line.slice(0, at)}${line[at] === '#' ? '%' : '#'}${line.slice(at + 1)}`;
    assert.equal(parseNmeaSentence(wrong), undefined, wrong);
  }
});

for (const [what, type, payload, bytes] of [
  ['the poll of NAV-PVT', UBX.NAV_PVT, '', 'b562010700000819'],
  ['CFG-MSG for NAV-PVT', UBX.CFG_MSG, '01 07 01', 'b562060103000107011351'],
  ['CFG-RATE of 1 Hz', UBX.CFG_RATE, 'e8 03 01 00 01 00', 'b56206080600e803010001000139'],
  ['CFG-PMS at full power', UBX.CFG_PMS, '00 00 00 00 00 00 00 00', 'b562068608000000000000000000945a'],
  ['the poll of MON-VER', UBX.MON_VER, '', 'b5620a0400000e34'],
] as const) {
  test(`${what} has the bytes that are published`, () => {
    assert.equal(toHex(encodeUbx({ type, payload: hex(payload) })), bytes);
  });
}

test('messages and lines come back whole however the stream is cut, with noise between them', () => {
  const message = fc.record(
    { type: fc.integer({ min: 0, max: 0xffff }), payload: fc.uint8Array({ maxLength: 100 }) },
    { noNullPrototype: true },
  );
  const noise = fc.uint8Array({ maxLength: 10 }).map((bytes) => bytes.filter((byte) => byte !== 0xb5 && byte !== 0x24));
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      noise,
      fc.integer({ min: 1, max: 50 }),
      (messages, between, piece) => {
        const line = utf8Encode('$GNRMC,1*00\r\n');
        const bytes = concatBytes(...messages.flatMap((each) => [encodeUbx(each), between, line]));
        const stream = new GnssStream();
        const found = [];
        for (let at = 0; at < bytes.length; at += piece) found.push(...stream.push(bytes.subarray(at, at + piece)));
        assert.deepEqual(
          found,
          messages.flatMap((ubx) => [{ ubx }, { line: '$GNRMC,1*00' }]),
        );
      },
    ),
  );
});

interface Bench {
  readonly clock: VirtualClock;
  readonly bus: I2cBus;
  readonly module: SamM8q;
  readonly receiver: GnssReceiver;
  readonly currents: number[];
}

function bench(): Bench {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23, 12));
  const bus = new I2cBus(clock, 400_000);
  const currents: number[] = [];
  const module = new SamM8q({
    clock,
    track: roundTrip(7),
    seed: 7,
    isWarm: false,
    onCurrent: (mA) => currents.push(mA),
  });
  bus.attach(module);
  module.setPower(true, true);
  return { clock, bus, module, receiver: new GnssReceiver(bus, clock), currents };
}

test('a cold start has no fix for 26 s, a hot start has one after a second', async () => {
  const { clock, receiver, currents } = bench();
  clock.advance(20_000);
  await assert.rejects(passTime(clock, receiver.fix()), { code: 'GNSS_NO_FIX' });
  clock.advance(6_000);
  const fix = await passTime(clock, receiver.fix());
  near(wayBetween(roundTrip(7)(clock.monotonic()), fix).metres, 0, 6);
  assert.deepEqual([fix.dimensions, fix.timeMs > Date.UTC(2026, 10, 23, 12)], [3, true]);
  await passTime(clock, receiver.sleep());
  clock.advance(600_000);
  await assert.rejects(passTime(clock, receiver.fix()));
  await passTime(clock, receiver.fix());
  assert.deepEqual(currents, [32, 29, 0.015, 32, 29]);
});

test('without back-up supply the next start is cold, and settings are sent again', async () => {
  const { clock, module, receiver } = bench();
  clock.advance(27_000);
  await passTime(clock, receiver.fix());
  module.setPower(false, false);
  module.setPower(true, false);
  clock.advance(10_000);
  await assert.rejects(passTime(clock, receiver.fix()), { code: /GNSS_(?:NO_FIX|SILENT)/ });
  clock.advance(20_000);
  assert.equal((await passTime(clock, receiver.fix())).dimensions, 3);
});

test('under a roof the fix is gone, and it comes back under the sky', async () => {
  const { clock, module, receiver } = bench();
  clock.advance(27_000);
  await passTime(clock, receiver.fix());
  module.hasSky = false;
  await assert.rejects(passTime(clock, receiver.fix()), { code: 'GNSS_NO_FIX' });
  module.hasSky = true;
  clock.advance(27_000);
  await passTime(clock, receiver.fix());
});

test('a setting that the module does not have is refused', async () => {
  const { clock, bus } = bench();
  const send = (type: number, payload: Uint8Array): Promise<unknown> =>
    bus.transfer(0x42, encodeUbx({ type, payload }));
  await passTime(clock, send(UBX.CFG_MSG, Uint8Array.of(0x27, 3, 1)));
  await passTime(clock, send(UBX.CFG_NAV5, new Uint8Array(36)));
  const bytes = await passTime(clock, bus.transfer(0x42, Uint8Array.of(0xff), 20));
  assert.deepEqual(new GnssStream().push(bytes), [
    { ubx: { type: UBX.ACK_NAK, payload: Uint8Array.of(6, 1) } },
    { ubx: { type: UBX.ACK_ACK, payload: Uint8Array.of(6, 0x24) } },
  ]);
});

test('from the start the module speaks NMEA on I2C, which gps reads', async () => {
  const { clock, bus } = bench();
  clock.advance(2_500);
  const [high = 0, low = 0] = await passTime(clock, bus.transfer(0x42, Uint8Array.of(0xfd), 2));
  const bytes = await passTime(clock, bus.transfer(0x42, Uint8Array.of(0xff), high * 256 + low));
  const lines = new TextDecoder().decode(bytes).trimEnd().split('\r\n');
  assert.ok(lines.length >= 16, lines.join('\n'));
  for (const line of lines) assert.ok((GPS.Parse(line) as unknown as { valid: boolean }).valid, line);
});

const GPX = `<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>
<trkpt lat="36.0" lon="136.0"><ele>10</ele><time>2026-01-01T00:00:00Z</time></trkpt>
<trkpt lon='136.001' lat='36.0'><ele>20</ele><time>2026-01-01T00:00:10Z</time></trkpt></trkseg></trk></gpx>`;

test('a GPX track is followed by its times, there and back', () => {
  const track = trackOf(parseGpx(GPX));
  assert.deepEqual([track(0).longitude, track(0).altitude], [136, 10]);
  near(track(5_000).longitude, 136.0005, 1e-9);
  near(track(15_000).longitude, 136.0005, 1e-9);
  near(track(20_000).altitude, 10, 1e-9);
  const walked = parseGpx(GPX.replaceAll(/<time>.*?<\/time>/g, ''));
  near(walked[1]?.atMs ?? 0, (wayBetween(walked[0] as never, walked[1] as never).metres / 1.4) * 1_000, 1e-6);
});

for (const [text, code] of [
  ['', 'GPX_NO_POINTS'],
  ['<gpx><wpt lat="1" lon="2"/></gpx>', 'GPX_NO_POINTS'],
  ['<trkpt lat="91" lon="2"/>', 'GPX_POINT_WRONG'],
  ['<trkpt lat="1" lon="east"/>', 'GPX_POINT_WRONG'],
  ['<trkpt lon="1"/>', 'GPX_POINT_WRONG'],
] as const) {
  test(`what is no GPX track is refused with ${code}: ${text.slice(0, 24)}`, () => {
    assert.throws(() => parseGpx(text), { code });
  });
}
