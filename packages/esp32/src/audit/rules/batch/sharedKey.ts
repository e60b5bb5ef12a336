import { equalBytes } from '@mkiot/core/bytes/bytes';
import { keySlots } from '../../../efuse/keySlots.ts';
import type { PublicKey } from '../../../keys/keys.ts';
import { PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import type { FlashDump } from '../../flash/flashDump.ts';
import type { Judgement, Observation, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { flashEncryptionOf } from '../flashEncryptionOf.ts';
import { FLASH_ENCRYPTION, SECURITY_OVERVIEW } from '../references.ts';

const SECTOR = 0x1000;

export const sharedKey: Rule = {
  id: 'shared-key',
  title: 'Two devices have the same secret key',
  meaning:
    'Who breaks one of them, with whatever effort, has broken all. There are attacks on every ESP32 that take a lab and hours, and ' +
    'only keys of their own keep the other devices safe.',
  severity: 'critical',
  mend: [
    'Let every device make its own keys: the flash key at its first boot, its login key in the provisioning step.',
    'Take new login keys for these devices, and block the old ones. A flash key can not be changed: treat it as shared by them all.',
  ],
  references: [SECURITY_OVERVIEW, FLASH_ENCRYPTION],
  needs: ['efuse', 'flash', 'bootLog', 'sdkconfig', 'partitionTable'],
  check,
};

function check(subject: AuditSubject): Judgement {
  if (subject.batch.length === 0) return { notJudged: 'It takes two devices. Give a folder for each device.' };
  return subject.batch.flatMap((other) => [
    ...sharedInEfuses(subject, other),
    ...sharedInFlash(subject, other),
    ...sharedPublicKeys(subject, other),
  ]);
}

/** Digests of public keys are meant to be the same on all devices of a product; every other key is not. */
function sharedInEfuses({ efuse }: AuditSubject, other: AuditSubject): readonly Observation[] {
  if (efuse === undefined || other.efuse === undefined) return [];
  const { source } = other.efuse;
  const theirs = keySlots(other.efuse.value);
  return keySlots(efuse.value)
    .filter(
      ({ use, isEmpty, isReadProtected }) =>
        use !== 'user' && use !== 'secure-boot-digest' && !isEmpty && !isReadProtected,
    )
    .filter(({ bytes }) => theirs.some((slot) => !slot.isReadProtected && equalBytes(slot.bytes, bytes)))
    .map(({ name }) => ({ source: efuse.source, field: name, text: `${name} holds the same key as in ${source}.` }));
}

/** With keys of their own no sector of ciphertext at the same address is the same on two devices. */
function sharedInFlash(subject: AuditSubject, other: AuditSubject): readonly Observation[] {
  const { flash } = subject;
  const theirs = other.flash;
  if (flash === undefined || theirs === undefined) return [];
  if (flashEncryptionOf(subject) === 'off' || flashEncryptionOf(other) === 'off') return [];
  const offset = codeSectors(flash.value).find((at) => isSameCiphertext(flash.value, theirs.value, at));
  if (offset === undefined) return [];
  const text = `The ciphertext here is the same as in ${theirs.source}: both have the same flash key.`;
  return [{ source: flash.source, offset, length: SECTOR, text }];
}

/** Where the bootloader, the table and the apps lie, which flash encryption always covers. */
function codeSectors({ regions }: FlashDump): readonly number[] {
  const ofCode = regions.filter(
    ({ name, partition }) =>
      name === 'bootloader' || name === 'partition table' || partition?.type === PARTITION_TYPES.app,
  );
  return ofCode.flatMap(({ offset, size }) =>
    Array.from({ length: Math.floor(size / SECTOR) }, (_, index) => offset + index * SECTOR),
  );
}

function isSameCiphertext(one: FlashDump, other: FlashDump, offset: number): boolean {
  const sector = offset / SECTOR;
  if (one.sectors[sector] !== 'encrypted' || other.sectors[sector] !== 'encrypted') return false;
  return equalBytes(one.bytes.subarray(offset, offset + SECTOR), other.bytes.subarray(offset, offset + SECTOR));
}

function sharedPublicKeys(subject: AuditSubject, other: AuditSubject): readonly Observation[] {
  return subject.publicKeys.flatMap(({ source, value }) => {
    const same = other.publicKeys.find((theirs) => theirs.source !== source && sameKey(theirs.value, value));
    return same === undefined
      ? []
      : [{ source, text: `It is the same public key as ${same.source}, so the private key is the same too.` }];
  });
}

function sameKey(one: PublicKey, other: PublicKey): boolean {
  if (one.kind === 'RSA') return other.kind === 'RSA' && one.n === other.n;
  return other.kind === 'EC' && one.curve === other.curve && one.x === other.x && one.y === other.y;
}
