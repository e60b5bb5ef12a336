import { canCloseDownload } from '../../../efuse/burnEfuses.ts';
import { readFuses } from '../../../efuse/readFuse.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { WORKFLOWS } from '../references.ts';

export const downloadModeOpen: Rule = {
  id: 'download-mode-open',
  title: 'The serial loader of the ROM is open',
  meaning:
    'With a cable the chip takes commands that read registers and memory and run programs. It is the way in for most published ' +
    'attacks, and what is left open elsewhere is reached through it.',
  severity: 'medium',
  mend: [
    'Newer chips: "espefuse burn-efuse ENABLE_SECURITY_DOWNLOAD 1" leaves only writing flash (CONFIG_SECURE_ENABLE_SECURE_ROM_DL_MODE=y); "espefuse burn-efuse DIS_DOWNLOAD_MODE 1" closes it (CONFIG_SECURE_DISABLE_ROM_DL_MODE=y).',
    'ESP32 of revision 3: "espefuse burn-efuse UART_DOWNLOAD_DIS 1".',
    'Do it as the last burn of all: it cannot be undone, and espefuse can burn nothing afterwards.',
    'An ESP32 before revision 3 has no such eFuse: close DISABLE_DL_ENCRYPT, DISABLE_DL_DECRYPT and DISABLE_DL_CACHE, and use revision 3 for new products.',
  ],
  references: [WORKFLOWS],
  needs: ['efuse', 'bootLog'],
  check,
};

function check({ efuse, bootLog }: AuditSubject): Judgement {
  const said = whatLogSays(bootLog, 'downloadMode');
  if (efuse === undefined) {
    if (said !== undefined) return said.isWrong ? said.lines : [];
    return { notJudged: 'No line of the boot log tells of download mode. Give the output of "espefuse summary".' };
  }
  const fuses = [...readFuses(efuse.value, 'downloadMode'), ...readFuses(efuse.value, 'secureDownload')];
  if (fuses.length === 0) return { notJudged: 'This summary does not tell the eFuses of download mode.' };
  if (!canCloseDownload(efuse.value)) {
    const source = efuse.source;
    return [{ source, severity: 'low', text: 'This revision of the chip has no eFuse that closes its loader.' }];
  }
  if (fuses.some(({ value }) => value === 1)) return [];
  return [...fuses.map((fuse) => fuseObservation(efuse, fuse)), ...(said?.isWrong === true ? said.lines : [])];
}
