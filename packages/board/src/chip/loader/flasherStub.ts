import type { UploadedSegment } from './ramDownload.ts';

/** What a flasher stub sends when it has started. */
export const GREETING: Uint8Array = Uint8Array.of(0x4f, 0x48, 0x41, 0x49);

/** RISC-V makes a constant of `lui`, its upper 20 bits, and `addi`, its lower 12: here those of the greeting. */
const LUI_GREETING = { mask: 0xfffff07f, bits: 0x49415037 } as const;
const ADDI_GREETING = { mask: 0xfff0707f, bits: 0x84f00013 } as const;
/** Between the two there may be other instructions. */
const LUI_TO_ADDI_BYTES = 16;

/**
 * Tells whether uploaded code is a flasher stub. The virtual chip executes no code; it knows the stubs of esptool and
 * esptool-js, of all versions, by the greeting that they send when they start and that therefore lies in them: as text, or
 * on RISC-V as the two instructions that make it. Then the chip speaks as the stub does.
 *
 * @param entryPoint has to lie in what was uploaded
 */
export function isFlasherStub(segments: readonly UploadedSegment[], entryPoint: number): boolean {
  const hasEntry = segments.some(({ address, data }) => entryPoint >= address && entryPoint < address + data.length);
  return hasEntry && segments.some(({ data }) => indexOfGreeting(data) !== -1 || makesGreeting(data));
}

function indexOfGreeting(data: Uint8Array): number {
  return data.findIndex((_, at) => GREETING.every((byte, index) => byte === data[at + index]));
}

function makesGreeting(code: Uint8Array): boolean {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const isAt = (at: number, { mask, bits }: typeof LUI_GREETING | typeof ADDI_GREETING): boolean =>
    at + 4 <= code.length && (view.getUint32(at, true) & mask) >>> 0 === bits;
  for (let at = 0; at < code.length; at += 2) {
    if (!isAt(at, LUI_GREETING)) continue;
    for (let after = at + 4; after <= at + LUI_TO_ADDI_BYTES; after += 2) {
      if (isAt(after, ADDI_GREETING)) return true;
    }
  }
  return false;
}
