import { flashEncryptionState } from '../../efuse/readFuse.ts';
import { IMAGE_MAGIC } from '../../image/image.ts';
import { whatLogSays } from '../bootLog/whatLogSays.ts';
import type { FlashRegion } from '../flash/flashDump.ts';
import type { AuditSubject } from '../subject.ts';

/** Whether flash encryption is on, as far as the inputs prove it: the eFuses before a boot log, and that before the flash. */
export function flashEncryptionOf(subject: AuditSubject): 'on' | 'off' | 'unknown' {
  const state = subject.efuse === undefined ? undefined : flashEncryptionState(subject.efuse.value);
  if (state !== undefined) return state.isOn ? 'on' : 'off';
  const said = whatLogSays(subject.bootLog, 'flashEncryption');
  if (said !== undefined) return said.isWrong ? 'off' : 'on';
  return plainBootloader(subject) === undefined ? 'unknown' : 'off';
}

/** A bootloader that lies in flash in clear: a chip that decrypts could not start it. */
export function plainBootloader({ flash }: AuditSubject): FlashRegion | undefined {
  return flash?.value.regions.find(
    ({ name, isDecrypted, content, readable }) =>
      name === 'bootloader' && !isDecrypted && content === 'plain' && readable[0] === IMAGE_MAGIC,
  );
}
