/** Where the parameter table lies in the answer. */
const TABLE_OFFSET = 0x80;

/** "SFDP", revision 1.0, one parameter header: the basic table of 9 words (JESD216, sections 6.2 and 6.3). */
const HEADERS = [0x53, 0x46, 0x44, 0x50, 0, 1, 0, 0xff, 0, 0, 1, 9, TABLE_OFFSET, 0, 0, 0xff] as const;

/** The words of the basic table but the second, which is the size (JESD216, section 6.4): those of Winbond's W25Q series. */
const BASIC_TABLE = [
  0xfff920e5, 0, 0x6b08eb44, 0xbb423b08, 0xfffffffe, 0x0000ffff, 0xeb40ffff, 0x520f200c, 0x0000d810,
] as const;

/** The serial flash discoverable parameters of a flash with `bytes` bytes. */
export function sfdp(bytes: number): Uint8Array<ArrayBuffer> {
  const parameters = new Uint8Array(TABLE_OFFSET + BASIC_TABLE.length * 4).fill(0xff);
  parameters.set(HEADERS);
  const view = new DataView(parameters.buffer, TABLE_OFFSET);
  for (const [index, word] of BASIC_TABLE.entries())
    view.setUint32(index * 4, index === 1 ? bytes * 8 - 1 : word, true);
  return parameters;
}
