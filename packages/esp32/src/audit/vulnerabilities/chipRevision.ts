import type { ChipName } from '../../chips/chip.ts';
import { revisionOf, revisionText } from '../../efuse/efuseFields.ts';
import type { Observation } from '../rule.ts';
import type { AuditSubject } from '../subject.ts';

/** The revisions that a chip may be of, 100 · major + minor, and where that was seen. */
export interface SeenRevision {
  readonly chip: ChipName;
  readonly from: number;
  readonly to: number;
  readonly seen: Observation;
}

/** What the ROM says of itself when it starts, and the revisions that say so. */
const ROMS: readonly { readonly text: string; readonly chip: ChipName; readonly from: number; readonly to: number }[] =
  [
    { text: 'ets Jun  8 2016', chip: 'esp32', from: 0, to: 299 },
    { text: 'ets Jul 29 2019', chip: 'esp32', from: 300, to: Infinity },
  ];

const REVISION = /chip revision:? v?(\d+)(?:\.(\d+))?/i;

/** The revision by the eFuses, else by what bootloader or ROM wrote to the console; undefined where nothing tells. */
export function chipRevisionOf({ chip, efuse, bootLog }: AuditSubject): SeenRevision | undefined {
  if (efuse !== undefined) {
    const revision = revisionOf(efuse.value);
    const text = `The eFuses say revision ${revisionText(revision)}.`;
    return { chip: efuse.value.chip.name, from: revision, to: revision, seen: { source: efuse.source, text } };
  }
  if (bootLog === undefined) return undefined;
  const { source } = bootLog;
  for (const { text, number } of bootLog.value.lines) {
    const [, major, minor = '0'] = REVISION.exec(text) ?? [];
    const rom = ROMS.find((rom) => text.includes(rom.text));
    const seen = { source, line: number, text: `The boot log says: "${text}".` };
    if (rom !== undefined) return { ...rom, seen };
    if (major === undefined || chip === undefined) continue;
    const revision = 100 * Number(major) + Number(minor);
    return { chip: chip.name, from: revision, to: revision, seen };
  }
  return undefined;
}
