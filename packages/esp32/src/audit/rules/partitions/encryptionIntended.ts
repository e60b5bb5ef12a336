import { isSwitchedOn } from '../../sdkconfig/security.ts';
import type { AuditSubject } from '../../subject.ts';
import { flashEncryptionOf } from '../flashEncryptionOf.ts';

/** Whether flash encryption is on or, where the device does not show it, its firmware is built for it. */
export function encryptionIntended(subject: AuditSubject): 'yes' | 'no' | 'unknown' {
  const found = flashEncryptionOf(subject);
  if (found !== 'unknown') return found === 'on' ? 'yes' : 'no';
  const built = isSwitchedOn(subject.sdkconfig, 'flashEncryption');
  if (built === undefined) return 'unknown';
  return built ? 'yes' : 'no';
}
