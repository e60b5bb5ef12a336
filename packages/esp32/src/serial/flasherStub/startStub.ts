import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { ROM_BAUD } from '../connectLoader.ts';
import { loaderError } from '../loaderErrors.ts';
import { LoaderLink, STATUS_BYTES } from '../loaderLink.ts';
import { OPCODES } from '../opcodes.ts';
import { buildDataPacket, payloadChecksum, wordBytes } from '../packet.ts';
import { RomLoader } from '../romLoader.ts';
import { type StubRelease, type StubSegment, stubSegments } from './stubImage.ts';

/** The longest that the ROM takes for RAM (esptool's figure). */
const PACKET_BYTES = 0x1800;
/** The ROM may be gone before its answer is (esptool's figure). */
const LEAVE_TIMEOUT_MS = 200;
const GREETINGS = 5;
const SYNC_OF_STUB = 0;

/**
 * Uploads Espressif's flasher stub and starts it, as Espressif's own tools do: at the speed at which the ROM begins. The loader
 * in ROM answers no more, until the chip is reset.
 *
 * @returns the stub, at the speed that the line had, which knows how large the flash is
 * @throws `LOADER_REFUSED` where the chip runs no uploaded code, and as `LoaderLink.call`
 */
export async function startStub(loader: RomLoader, release: StubRelease, flashBytes: number): Promise<RomLoader> {
  const { link, baud } = loader;
  if (baud !== undefined) await loader.changeBaudrate(ROM_BAUD);
  for (const segment of stubSegments(release)) await upload(link, segment);
  await leave(link, release.entry);
  const stub = new RomLoader(new LoaderLink(link.port, link.clock, STATUS_BYTES.stub));
  await greet(stub);
  if (baud !== undefined) await stub.changeBaudrate(baud, ROM_BAUD);
  await stub.spiSetParams(flashBytes);
  return stub;
}

async function upload(link: LoaderLink, { address, bytes }: StubSegment): Promise<void> {
  const doing = 'to take the flasher stub';
  const packets = Math.ceil(bytes.length / PACKET_BYTES);
  const begin = wordBytes(bytes.length, packets, PACKET_BYTES, address);
  await link.call({ doing, opcode: OPCODES.memBegin, data: begin });
  for (let sequence = 0; sequence < packets; sequence++) {
    const payload = bytes.subarray(sequence * PACKET_BYTES, (sequence + 1) * PACKET_BYTES);
    const data = buildDataPacket({ sequence, payload });
    await link.call({ doing, opcode: OPCODES.memData, data, checksum: payloadChecksum(payload) });
  }
}

async function leave(link: LoaderLink, entry: number): Promise<void> {
  const call = { doing: 'to start the flasher stub', opcode: OPCODES.memEnd, data: wordBytes(0, entry) };
  try {
    await link.call({ ...call, timeoutMs: LEAVE_TIMEOUT_MS, tries: 1 });
  } catch (error) {
    if (!isSilence(error)) throw error;
  }
}

/** @throws `LOADER_SILENT` also where it is the ROM that answers */
async function greet(stub: RomLoader): Promise<void> {
  for (let attempt = 1; attempt <= GREETINGS; attempt++) {
    try {
      if ((await stub.sync()) === SYNC_OF_STUB) return;
    } catch (error) {
      if (!isSilence(error)) throw error;
    }
  }
  throw loaderError('LOADER_SILENT', { doing: 'to a greeting of the flasher stub' });
}

function isSilence(error: unknown): boolean {
  return error instanceof MkiotError && error.code === 'LOADER_SILENT';
}
