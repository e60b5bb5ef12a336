// bootloader_utility_get_selected_boot_partition of ESP-IDF: which app boots, and what of the OTA data changes before.
import { buildOtadata, OTA_STATES, type OtaCopy, type OtaEntry, slotOf } from '@mkiot/esp32/otadata/otadata';

/** Where the bootloader begins to look: the factory app, or a slot. */
export type BootStart = 'factory' | number;

/** What a choice changes in the OTA data: the entry of one of the two sectors. */
export interface OtadataChange {
  readonly sector: 0 | 1;
  readonly entry: OtaEntry;
}

export interface BootChoice {
  readonly start: BootStart;
  readonly changes: readonly OtadataChange[];
  readonly lines: readonly { readonly level: 'I' | 'E'; readonly text: string }[];
  /** There was no OTA data: the slot that boots is entered as the valid one. */
  readonly entersSlot: boolean;
  /** The app of this slot was confirmed: the eFuses may now forbid older ones. */
  readonly confirmedSlot: number | undefined;
}

export interface BootChoiceInput {
  /** Undefined: there is no such partition. */
  readonly otadata: readonly [OtaCopy, OtaCopy] | undefined;
  readonly slots: number;
  readonly hasFactory: boolean;
  readonly rollback: boolean;
  /** Under anti-rollback: the eFuses' version, and whether the app in a slot is not older. */
  readonly antiRollback:
    | { readonly secureVersion: number; readonly isNewEnough: (slot: number) => boolean }
    | undefined;
}

/** Chooses. It reads nothing and writes nothing: what is to be done is in the answer. */
export function chooseBoot(input: BootChoiceInput): BootChoice {
  const { otadata, slots, hasFactory, rollback, antiRollback } = input;
  const nothing = { changes: [], lines: [], entersSlot: false, confirmedSlot: undefined };
  if (otadata === undefined) return { ...nothing, start: 'factory' };
  const { copies, changes } = rollback ? abortPending(otadata) : { copies: otadata, changes: [] };
  const lines = antiRollback === undefined ? [] : antiRollbackLines(antiRollback.secureVersion);
  const noOtadata = copies.every((copy) => copy === 'erased' || copy === 'damaged');
  if (antiRollback !== undefined && noOtadata) {
    const initial = { level: 'I', text: 'otadata[0..1] in initial state' } as const;
    return { ...nothing, start: 'factory', lines: [...lines, initial], entersSlot: true };
  }
  if (antiRollback === undefined && (slots === 0 || copies.every(isUnselectable))) {
    return { ...nothing, ...withoutSelection(hasFactory, noOtadata), changes };
  }
  const active = activeSector(copies, slots, antiRollback?.isNewEnough);
  if (active === undefined) return { ...nothing, start: 'factory', changes, lines: [...lines, fallback(hasFactory)] };
  const entry = copies[active] as OtaEntry;
  const slot = slotOf(entry, slots);
  const isNew = rollback && entry.state === OTA_STATES.NEW;
  const pending = { sector: active, entry: { ...entry, state: OTA_STATES.PENDING_VERIFY } };
  return {
    ...nothing,
    start: slot,
    lines,
    changes: isNew ? [...changes, pending] : changes,
    confirmedSlot: entry.state === OTA_STATES.VALID ? slot : undefined,
  };
}

/** The 32 bytes of an entry, as they are written to the start of its sector. */
export function otadataEntryBytes(entry: OtaEntry): Uint8Array<ArrayBuffer> {
  return buildOtadata([entry, 'erased']).slice(0, 32);
}

/** An app that did not confirm itself before it was started again has failed. */
function abortPending(copies: readonly [OtaCopy, OtaCopy]): {
  readonly copies: readonly [OtaCopy, OtaCopy];
  readonly changes: readonly OtadataChange[];
} {
  const changes: OtadataChange[] = [];
  const aborted = copies.map((copy, index): OtaCopy => {
    if (typeof copy !== 'object' || copy.state !== OTA_STATES.PENDING_VERIFY) return copy;
    const entry = { ...copy, state: OTA_STATES.ABORTED };
    changes.push({ sector: index === 0 ? 0 : 1, entry });
    return entry;
  });
  return { copies: aborted as [OtaCopy, OtaCopy], changes };
}

function antiRollbackLines(secureVersion: number): BootChoice['lines'] {
  return [
    { level: 'I', text: 'Enabled a check secure version of app for anti rollback' },
    { level: 'I', text: `Secure version (from eFuse) = ${secureVersion}` },
  ];
}

/** Nothing was selected yet, or what was selected is known to be bad. */
function isUnselectable(copy: OtaCopy): boolean {
  if (typeof copy !== 'object') return copy === 'erased';
  return copy.state === OTA_STATES.INVALID || copy.state === OTA_STATES.ABORTED;
}

function withoutSelection(hasFactory: boolean, noOtadata: boolean): Pick<BootChoice, 'start' | 'lines' | 'entersSlot'> {
  if (hasFactory)
    return { start: 'factory', lines: [{ level: 'I', text: 'Defaulting to factory image' }], entersSlot: false };
  const lines = [{ level: 'I', text: 'No factory image, trying OTA 0' }] as const;
  return { start: 0, lines, entersSlot: noOtadata };
}

/** Of the entries that are right and not known to be bad the one with the highest sequence number. */
function activeSector(
  copies: readonly OtaCopy[],
  slots: number,
  isNewEnough: ((slot: number) => boolean) | undefined,
): 0 | 1 | undefined {
  const sequences = copies.map((copy) => {
    if (typeof copy !== 'object' || isUnselectable(copy)) return -1;
    return isNewEnough === undefined || isNewEnough(slotOf(copy, slots)) ? copy.sequence : -1;
  });
  const [first = -1, second = -1] = sequences;
  if (first < 0 && second < 0) return undefined;
  return first >= second ? 0 : 1;
}

function fallback(hasFactory: boolean): { readonly level: 'E'; readonly text: string } {
  const text = hasFactory
    ? 'ota data partition invalid, falling back to factory'
    : 'ota data partition invalid and no factory, will try all partitions';
  return { level: 'E', text };
}
