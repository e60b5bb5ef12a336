// u-blox 8/M8 Receiver description, "UBX-NAV-PVT": 92 bytes, little-endian.
import type { GnssFix } from '../gnss/gnssFix.ts';

const BYTES = 92;
const WEEK_MS = 604_800_000;
/** GPS weeks begin on Sunday; 1980-01-06 was one, 18 leap seconds ago. */
const GPS_START_MS: number = Date.UTC(1980, 0, 6) - 18_000;
const VALID_DATE_AND_TIME = 0b111;
const FIX_OK = 1;

export function encodeNavPvt(fix: GnssFix): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(BYTES));
  const time = new Date(fix.timeMs);
  view.setUint32(0, (fix.timeMs - GPS_START_MS) % WEEK_MS, true);
  view.setUint16(4, time.getUTCFullYear(), true);
  view.setUint8(6, time.getUTCMonth() + 1);
  view.setUint8(7, time.getUTCDate());
  view.setUint8(8, time.getUTCHours());
  view.setUint8(9, time.getUTCMinutes());
  view.setUint8(10, time.getUTCSeconds());
  view.setInt32(16, (fix.timeMs % 1_000) * 1_000_000, true);
  view.setUint8(20, fix.dimensions);
  if (fix.dimensions === 0) return new Uint8Array(view.buffer);
  view.setUint8(11, VALID_DATE_AND_TIME);
  view.setUint8(21, FIX_OK);
  view.setUint8(23, fix.satellites);
  view.setInt32(24, Math.round(fix.longitude * 1e7), true);
  view.setInt32(28, Math.round(fix.latitude * 1e7), true);
  view.setInt32(32, Math.round(fix.altitude * 1_000), true);
  view.setInt32(36, Math.round(fix.altitude * 1_000), true);
  view.setUint32(40, Math.round(fix.accuracy * 1_000), true);
  view.setUint32(44, Math.round(fix.accuracy * 1_500), true);
  const radians = (fix.course * Math.PI) / 180;
  view.setInt32(48, Math.round(fix.speed * 1_000 * Math.cos(radians)), true);
  view.setInt32(52, Math.round(fix.speed * 1_000 * Math.sin(radians)), true);
  view.setInt32(60, Math.round(fix.speed * 1_000), true);
  view.setInt32(64, Math.round(fix.course * 1e5), true);
  return new Uint8Array(view.buffer);
}

/** Undefined: it has another length. A fix that the receiver itself does not trust has no dimensions. */
export function decodeNavPvt(payload: Uint8Array): GnssFix | undefined {
  if (payload.length !== BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, BYTES);
  const timeMs = Date.UTC(
    view.getUint16(4, true),
    view.getUint8(6) - 1,
    view.getUint8(7),
    view.getUint8(8),
    view.getUint8(9),
    view.getUint8(10),
  );
  const fixType = view.getUint8(20);
  const isGood = (view.getUint8(21) & FIX_OK) !== 0 && (fixType === 2 || fixType === 3);
  return {
    timeMs: timeMs + Math.round(view.getInt32(16, true) / 1e6),
    dimensions: isGood ? fixType : 0,
    longitude: view.getInt32(24, true) / 1e7,
    latitude: view.getInt32(28, true) / 1e7,
    altitude: view.getInt32(36, true) / 1_000,
    accuracy: view.getUint32(40, true) / 1_000,
    speed: view.getInt32(60, true) / 1_000,
    course: view.getInt32(64, true) / 1e5,
    satellites: view.getUint8(23),
  };
}
