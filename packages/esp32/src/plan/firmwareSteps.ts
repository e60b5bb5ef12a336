import type { Chip, SecureBootScheme } from '../chips/chip.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { FLASH_KEY_FILE, SIGNING_KEY_FILE } from './keySteps.ts';
import { PARTITIONS, TABLE_OFFSET } from './layout.ts';
import type { FlashEncryptionWay, PlanStep } from './plan.ts';

/** What of a build goes where in flash, and whether it is signed. */
interface BuiltPart {
  readonly file: string;
  readonly built: string;
  readonly offset: number;
  readonly isSigned: boolean;
}

/** The parts of a build with the layout of plans. */
export function builtParts(chip: Chip): readonly BuiltPart[] {
  const offsetOf = (name: string): number => PARTITIONS.find((partition) => partition.name === name)?.offset ?? 0;
  return [
    { file: 'bootloader', built: 'build/bootloader/bootloader.bin', offset: chip.bootloaderOffset, isSigned: true },
    { file: 'table', built: 'build/partition_table/partition-table.bin', offset: TABLE_OFFSET, isSigned: false },
    { file: 'otadata', built: 'build/ota_data_initial.bin', offset: offsetOf('otadata'), isSigned: false },
    { file: 'app', built: 'build/APP.bin', offset: offsetOf('ota_0'), isSigned: true },
  ];
}

export interface Needs {
  readonly flashKeyBits: number | undefined;
  readonly signingKey: boolean;
}

/** Makes the keys that the chip does not have yet. */
export function makeKeysStep(needs: Needs, scheme: SecureBootScheme | undefined): PlanStep {
  const { flashKeyBits, signingKey } = needs;
  const flash =
    flashKeyBits === undefined
      ? []
      : [`espsecure generate-flash-encryption-key --keylen ${flashKeyBits} ${FLASH_KEY_FILE}`];
  const algorithm = scheme?.algorithm === 'ecdsa' ? 'ecdsa256' : 'rsa3072';
  const signing = signingKey
    ? [`espsecure generate-signing-key --version 2 --scheme ${algorithm} ${SIGNING_KEY_FILE}`]
    : [];
  return {
    id: 'make-keys',
    does: 'Makes the keys: one flash key for this device alone, one signing key for all devices of the product.',
    commands: [...flash, ...signing],
    burns: [],
    risk: 'Make the signing key once, keep it off this computer, and keep a copy: without it no device can be updated.',
  };
}

/** Builds and signs; encrypts where the bootloader is not to do that. */
export function buildSteps(chip: Chip, isSigned: boolean, encryption: FlashEncryptionWay): readonly PlanStep[] {
  const parts = builtParts(chip);
  const build: PlanStep = {
    id: 'build',
    does: 'Builds the firmware with the settings and the partition table of this plan, beside it as sdkconfig.defaults and partitions.csv.',
    commands: ['idf.py build'],
    burns: [],
  };
  const signs = parts.filter((part) => isSigned && part.isSigned);
  const sign: PlanStep = {
    id: 'sign',
    does: 'Signs bootloader and app. Signing comes before encrypting.',
    commands: signs.map(
      ({ built, file }) =>
        `espsecure sign-data --version 2 --keyfile ${SIGNING_KEY_FILE} --output ${file}-signed.bin ${built}`,
    ),
    burns: [],
  };
  const xts = chip.flashEncryption.algorithm === 'xts-aes' ? ' --aes-xts' : '';
  const encrypt: PlanStep = {
    id: 'encrypt',
    does: 'Encrypts each part for the place where it will lie: at another offset it is garbage.',
    commands: parts.map(
      (part) =>
        `espsecure encrypt-flash-data${xts} --keyfile ${FLASH_KEY_FILE} --address ${toHexOffset(part.offset)} ` +
        `--output ${part.file}-encrypted.bin ${isSigned && part.isSigned ? `${part.file}-signed.bin` : part.built}`,
    ),
    burns: [],
  };
  return [build, ...(isSigned ? [sign] : []), ...(encryption === 'host' ? [encrypt] : [])];
}

/** Writes the ciphertext and compares it, before anything is burned that makes the chip depend on it. */
export function writeFlashStep(chip: Chip, isEncryptedAlready: boolean): PlanStep {
  const esptool = `esptool --chip ${chip.name} --port PORT --after no-reset`;
  const files = builtParts(chip).map(({ offset, file }) => `${toHexOffset(offset)} ${file}-encrypted.bin`);
  // esptool takes bytes for an encrypted chip to be a mistake unless it is told that they are encrypted already.
  const force = isEncryptedAlready ? '--force ' : '';
  return {
    id: 'write-flash',
    does: 'Erases the flash, writes the encrypted firmware, and compares what was written.',
    commands: [
      `${esptool} erase-flash`,
      `${esptool} write-flash ${force}${files.join(' ')}`,
      `${esptool} verify-flash ${files.join(' ')}`,
    ],
    burns: [],
    risk: 'Go on only when the comparison has passed for every file: after the next burns the chip starts nothing else.',
  };
}
