import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { portableAes } from '../aes/portableAes.ts';
import type { Chip } from '../chips/chip.ts';
import { buildJointDump } from '../efuse/jointDump.ts';
import { esp32FlashCipher } from '../flashEncryption/esp32FlashCipher.ts';
import type { FlashCipher } from '../flashEncryption/flashCipher.ts';
import { xtsFlashCipher } from '../flashEncryption/xtsFlashCipher.ts';
import { buildAppDescription } from '../image/appDescription.ts';
import { buildBootloaderDescription } from '../image/bootloaderDescription.ts';
import { buildImage } from '../image/buildImage.ts';
import { WP_PIN_UNSET } from '../image/imageHeader.ts';
import { buildNvs } from '../nvs/buildNvs.ts';
import { encryptNvs } from '../nvs/nvsCipher.ts';
import { buildNvsKeys } from '../nvs/nvsKeys.ts';
import { buildOtadata } from '../otadata/otadata.ts';
import { buildPartitionTable } from '../partitionTable/buildPartitionTable.ts';
import { makePlan } from '../plan/makePlan.ts';
import type { Plan } from '../plan/plan.ts';
import { sdkconfigLines } from '../plan/planSdkconfig.ts';
import { PRODUCTION } from '../plan/profiles/production.ts';
import { rehearse } from '../plan/rehearse.ts';
import { keyDigest } from '../secureBoot/blockKey.ts';
import { signImage } from '../secureBoot/signImage.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import type { InputFile } from './inputs/auditInput.ts';

export interface LockedDevice {
  /** Its eFuses, a dump of its flash, and the settings of its firmware. */
  readonly files: readonly InputFile[];
  readonly flashKey: InputFile;
}

const FLASH_BYTES = 0x400000;
const IDF = 'v6.1';

/** A device on which the plan for production was carried out to the last step: burned, signed, encrypted. */
export async function lockedDevice(chip: Chip, signer: SecureBootSigner): Promise<LockedDevice> {
  const plan = makePlan({ chip, profile: PRODUCTION });
  const flashKey = noise(32);
  const cipher =
    chip.flashEncryption.algorithm === 'tweaked-key'
      ? esp32FlashCipher(flashKey)
      : await xtsFlashCipher(flashKey, portableAes);
  const settings = [
    '# Espressif IoT Development Framework (ESP-IDF) 6.1.0 Project Configuration',
    ...sdkconfigLines(plan.sdkconfig),
  ];
  return {
    files: [
      { name: 'efuse.bin', bytes: buildJointDump(await burnedEfuses(plan, signer)) },
      { name: 'flash.bin', bytes: await flashOf(plan, cipher, signer) },
      { name: 'sdkconfig', bytes: utf8Encode(`${settings.join('\n')}\n`) },
    ],
    flashKey: { name: 'flash.key', bytes: flashKey },
  };
}

/** The plan burns some bytes for the keys that are made later; boot trusts the digest of this one. */
async function burnedEfuses({ current, steps }: Plan, { publicKey }: SecureBootSigner) {
  const digest = await keyDigest(publicKey);
  const withDigest = steps.map((step) =>
    step.id !== 'digest'
      ? step
      : { ...step, burns: step.burns.map((burn) => (burn.kind === 'key' ? { ...burn, bytes: digest } : burn)) },
  );
  return rehearse(current, withDigest);
}

async function flashOf(plan: Plan, cipher: FlashCipher, signer: SecureBootSigner): Promise<Uint8Array<ArrayBuffer>> {
  const { chip, partitions, partitionTableOffset } = plan;
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  const encrypted = (offset: number, contents: Uint8Array): void => {
    const sectors = new Uint8Array(Math.ceil(contents.length / 0x1000) * 0x1000).fill(0xff);
    sectors.set(contents);
    cipher.encrypt(offset, sectors);
    flash.set(sectors, offset);
  };
  const offsetOf = (name: string): number => partitions.find((partition) => partition.name === name)?.offset ?? 0;
  const app = await signImage(await image(chip, appDescription()), [signer]);
  const nvsKeys = { dataKey: noise(32), tweakKey: noise(32) };
  const rows = [{ namespace: 'mkiot' }, { key: 'private', type: 'blob', value: noise(121) }] as const;
  encrypted(chip.bootloaderOffset, await signImage(await image(chip, bootloaderDescription()), [signer]));
  encrypted(partitionTableOffset, buildPartitionTable(partitions, true));
  encrypted(
    offsetOf('otadata'),
    buildOtadata([{ sequence: 1, label: new Uint8Array(20).fill(0xff), state: 2 }, 'erased']),
  );
  encrypted(offsetOf('nvs_keys'), buildNvsKeys(nvsKeys));
  encrypted(offsetOf('ota_0'), app);
  encrypted(offsetOf('ota_1'), app);
  encrypted(offsetOf('storage'), noise(0x60000));
  flash.set(encryptNvs(buildNvs(rows, 0x6000), nvsKeys, portableAes), offsetOf('nvs'));
  return flash;
}

function image(chip: Chip, description: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return buildImage({
    header: {
      spiMode: 2,
      spiSpeed: 0,
      flashSize: 2,
      entryPoint: 0x40080000,
      wpPin: WP_PIN_UNSET,
      pinDrives: [0, 0, 0, 0, 0, 0],
      chipId: chip.imageChipId,
      legacyMinRevision: 0,
      minRevision: 0,
      maxRevision: 0xffff,
      reserved: new Uint8Array(4),
      hashAppended: true,
    },
    segments: [{ loadAddress: 0x3f400020, data: concatBytes(description, noise(0x2000)) }],
  });
}

function appDescription(): Uint8Array {
  return buildAppDescription({
    secureVersion: 0,
    version: '1.0.0',
    projectName: 'locked',
    time: '12:00:00',
    date: 'Nov 20 2026',
    idfVersion: IDF,
    elfSha256: noise(32),
    minEfuseBlockRevision: 0,
    maxEfuseBlockRevision: 0xffff,
    mmuPageSize: 16,
    reserved: [new Uint8Array(8), new Uint8Array(3), new Uint8Array(72)],
  });
}

function bootloaderDescription(): Uint8Array {
  const reserved = [new Uint8Array(2), new Uint8Array(16)] as const;
  return buildBootloaderDescription({
    secureVersion: 0,
    version: 1,
    idfVersion: IDF,
    dateTime: 'Nov 20 2026 12:00:00',
    reserved,
  });
}

function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 0x10000) crypto.getRandomValues(bytes.subarray(at, at + 0x10000));
  return bytes;
}
