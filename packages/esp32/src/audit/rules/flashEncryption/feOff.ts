import { flashEncryptionState } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { flashEncryptionOf, plainBootloader } from '../flashEncryptionOf.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { FLASH_ENCRYPTION, WORKFLOWS } from '../references.ts';

export const feOff: Rule = {
  id: 'fe-off',
  title: 'Flash encryption is off',
  meaning:
    'Whoever holds the board for a minute reads all of its flash with esptool or a clip: firmware, Wi-Fi password, private ' +
    'keys. With the keys they can pretend to be the device.',
  severity: 'critical',
  mend: [
    'Rehearse first: "mkiot esp32 plan --chip CHIP --profile production --current EFUSE" lists the burns in an order that does not dead-end.',
    'In "idf.py menuconfig", Security features: switch on "Enable flash encryption on boot", usage mode "Release".',
    'Turn on NVS encryption in the same step (see config-nvs-plain): flash encryption never covers NVS.',
    'Give every device new keys: those that were readable until now must be treated as known.',
    'Burning the eFuses of flash encryption cannot be undone, and a mistake can make the chip useless.',
  ],
  references: [FLASH_ENCRYPTION, WORKFLOWS],
  needs: ['efuse', 'bootLog', 'flash'],
  check,
};

function check(subject: AuditSubject): Judgement {
  const { efuse, bootLog, flash } = subject;
  const state = flashEncryptionOf(subject);
  if (state === 'on') return [];
  if (state === 'unknown')
    return { notJudged: 'Neither log nor flash proves it. Give the output of "espefuse summary".' };
  const fuse = efuse === undefined ? undefined : flashEncryptionState(efuse.value)?.counter;
  const byFuse =
    efuse === undefined || fuse === undefined
      ? []
      : [fuseObservation(efuse, fuse, 'Encryption is on only while an odd number of its bits is set.')];
  const said = whatLogSays(bootLog, 'flashEncryption');
  const byLog = said?.isWrong === true ? said.lines : [];
  const bootloader = plainBootloader(subject);
  if (bootloader === undefined || flash === undefined) return [...byFuse, ...byLog];
  const text = 'The bootloader lies in flash in clear.';
  return [...byFuse, ...byLog, { source: flash.source, offset: bootloader.offset, partition: bootloader.name, text }];
}
