import { concatBytes, toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import { sha256 } from '../bytes/sha256.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import type { FlashCipher } from '../flashEncryption/flashCipher.ts';
import { NVS_KEY_PAIR_BYTES, nvsKeysOf } from '../nvs/nvsKeys.ts';
import { eraseRange } from '../serial/eraseFlash.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { type FlashPiece, writeFlash } from '../serial/writeFlash.ts';
import { deviceNvsParts, withoutUnitsOwn } from './deviceNvs.ts';
import { erasesNow } from './clearFlash.ts';
import type { LockPlan } from './lockPlan.ts';
import { checkParts, encryptParts, type FirmwarePart, signParts, tableOf, unitCipher } from './prepareFirmware.ts';
import type { UnitRun } from './unitRun.ts';

/** What is to lie in the flash of a unit. */
export interface FlashContents {
  readonly pieces: readonly FlashPiece[];
  /** With which they are encrypted; undefined: they are not, or their bootloader does it with a key that nobody knows. */
  readonly cipher: FlashCipher | undefined;
  /** A secret: data key then tweak key; undefined: its NVS is in clear, or its firmware makes its own. */
  readonly nvsKeys: Uint8Array<ArrayBuffer> | undefined;
  /** Names what was put together, before it was signed and encrypted. */
  readonly digest: string;
}

/**
 * Puts firmware and values of a unit together, signed and then encrypted where it is locked. What its firmware has changed is
 * left out on a unit that has its keys: they lie there.
 *
 * @throws `FIRMWARE_…`, `UNIT_FLASH_SMALL`, `UNIT_NVS_…`, and as `signImage` and `buildNvs`
 */
export async function prepareContents(run: UnitRun, lock: LockPlan | undefined): Promise<FlashContents> {
  const { job, unit, ports, log } = run;
  const signer = job.security?.signer;
  const doing = [...(signer === undefined ? [] : ['signed']), ...(lock?.flashKey === undefined ? [] : ['encrypted'])];
  if (doing.length > 0) log.tell('prepare', `The firmware is ${doing.join(', then ')}`);
  const nvsKeys = lock && job.deviceNvs && (run.keys.nvs ?? ports.random(new Uint8Array(NVS_KEY_PAIR_BYTES)));
  const values =
    job.deviceNvs === undefined
      ? []
      : deviceNvsParts(job.deviceNvs, tableOf(job.firmware).partitions, nvsKeys && nvsKeysOf(nvsKeys), run);
  const all = [...job.firmware, ...values];
  const hasKeys = run.page.installed !== undefined && !erasesNow(run);
  const parts = hasKeys ? withoutUnitsOwn(all, tableOf(job.firmware).partitions) : all;
  const signed = signer === undefined ? parts : await signParts(parts, unit.chip, signer);
  checkParts(signed, unit.flashBytes);
  const digest = digestOf(all);
  const flashKey = lock?.flashKey;
  if (flashKey === undefined) {
    const pieces = signed.map(({ offset, bytes }) => ({ address: offset, bytes }));
    return { pieces, cipher: undefined, nvsKeys, digest };
  }
  const cipher = await unitCipher(unit.chip, flashKey, ports.aes);
  return { pieces: encryptParts(signed, unit.chip, cipher), cipher, nvsKeys, digest };
}

const SECTOR_BYTES = 0x1000;

/** Writes and verifies. @throws as `writeFlash` */
export async function writeContents(loader: RomLoader, run: UnitRun, contents: FlashContents): Promise<void> {
  await writePieces(loader, run, contents.pieces);
  await run.keep({ written: contents.digest });
}

/**
 * Writes and verifies firmware in plain whose bootloader encrypts the flash whenever the chip starts: the bootloader is written
 * last, so that after a power cut it encrypts everything or does not start.
 *
 * @throws as `writeFlash`
 */
export async function writeBootloaderLast(loader: RomLoader, run: UnitRun, contents: FlashContents): Promise<void> {
  const { chip } = run.unit;
  const isBootloader = ({ address }: FlashPiece): boolean => address === chip.bootloaderOffset;
  await eraseRange(loader, chip, chip.bootloaderOffset, SECTOR_BYTES);
  await run.keep({ written: undefined, isSelfEncrypting: true });
  await writePieces(
    loader,
    run,
    contents.pieces.filter((piece) => !isBootloader(piece)),
  );
  await run.keep({ written: contents.digest });
  await writePieces(loader, run, contents.pieces.filter(isBootloader));
}

async function writePieces(loader: RomLoader, { log, unit }: UnitRun, pieces: readonly FlashPiece[]): Promise<void> {
  const ranges = pieces.map(({ address, bytes }) => `${bytes.length} bytes at ${toHexOffset(address)}`);
  log.tell('flash', `${ranges.join(', ')}; verified by their digests`);
  await writeFlash(loader, unit, pieces, (done, total) => log.progress('flash', done, total));
}

function digestOf(parts: readonly FirmwarePart[]): string {
  const pieces = parts.flatMap(({ offset, bytes }) => [utf8Encode(`${offset} ${bytes.length}\n`), bytes]);
  return toHex(sha256(concatBytes(...pieces)));
}
