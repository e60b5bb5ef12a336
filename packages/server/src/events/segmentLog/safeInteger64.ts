const HIGH = 2 ** 32;

/** Writes a safe integer that is not negative as 64 bits, little-endian. */
export function setSafeInteger64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value >>> 0, true);
  view.setUint32(offset + 4, Math.floor(value / HIGH), true);
}

/** Reads 64 bits, little-endian; `undefined` for what is no safe integer. */
export function getSafeInteger64(view: DataView, offset: number): number | undefined {
  const value = view.getUint32(offset + 4, true) * HIGH + view.getUint32(offset, true);
  return Number.isSafeInteger(value) ? value : undefined;
}
