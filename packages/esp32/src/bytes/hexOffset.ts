/** An offset, address or size as Espressif's tools write it: `0x8000`. */
export function toHexOffset(offset: number): string {
  return `0x${offset.toString(16)}`;
}
