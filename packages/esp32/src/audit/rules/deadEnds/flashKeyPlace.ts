import { keySlotsFor } from '../../../efuse/keySlots.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { slotObservation } from '../fuseObservation.ts';
import { ESPEFUSE, FLASH_ENCRYPTION } from '../references.ts';

export const flashKeyPlace: Rule = {
  id: 'flash-key-place',
  title: 'The flash keys are where, or as, the hardware can not use them',
  meaning:
    'Two kinds of flash key at once, half of a 512-bit key, or a flash key in a block that the silicon does not look at: with ' +
    'flash encryption on, the chip decrypts with a wrong key and does not start.',
  severity: 'high',
  versions: 'chips with KEY_PURPOSE eFuses',
  mend: [
    'Before flash encryption is on: burn one key into a free block, XTS_AES_128_KEY or both halves with "espefuse burn-key BLOCK_KEYn KEYFILE XTS_AES_256_KEY". What is burned already stays; a block with a wrong purpose is lost.',
    'Afterwards nothing mends it.',
  ],
  references: [FLASH_ENCRYPTION, ESPEFUSE],
  needs: ['efuse'],
  check,
};

function check({ efuse }: AuditSubject): Judgement {
  if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
  const slots = keySlotsFor(efuse.value, 'flash-encryption');
  const has = (purpose: string): boolean => slots.some((slot) => slot.purpose === purpose);
  const { noFlashKeyIn } = efuse.value.chip.efuse;
  const misplaced = slots
    .filter(({ name }) => name === noFlashKeyIn)
    .map((slot) => slotObservation(efuse, slot, 'is a block in which this silicon finds no flash key.'));
  const halves = [has('XTS_AES_256_KEY_1'), has('XTS_AES_256_KEY_2')];
  const isHalf = halves[0] !== halves[1];
  const isMixed = halves.includes(true) && has('XTS_AES_128_KEY');
  const text = isMixed
    ? 'is there beside a flash key of another kind.'
    : 'is one half of a key whose other half is missing.';
  return [...misplaced, ...(isHalf || isMixed ? slots.map((slot) => slotObservation(efuse, slot, text)) : [])];
}
