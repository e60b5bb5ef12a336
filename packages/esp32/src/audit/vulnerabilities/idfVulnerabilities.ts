import type { ChipName } from '../../chips/chip.ts';
import type { Severity } from '../finding.ts';

/** A vulnerability of ESP-IDF: who is concerned, and which releases mend it. */
export interface IdfVulnerability {
  readonly id: string;
  readonly what: string;
  /** Only on these; on all without it. */
  readonly chips?: readonly ChipName[];
  /** Only silicon before this revision, 100 · major + minor. */
  readonly untilRevision?: number;
  /** First releases that mend it, one a branch. Branches before the first have it, branches after the last have not. */
  readonly fixedIn: readonly string[];
  /** The advisory names the branches up to here, but patches of branches before it may mend it too: may be affected. */
  readonly mayBeFixedEarlier?: true;
  readonly severity: Severity;
}

/** ESP-IDF, docs/en/security/vulnerabilities.rst; the advisories of espressif/esp-idf; the CVE list. */
export const IDF_VULNERABILITIES: readonly IdfVulnerability[] = [
  row('high', 'CVE-2018-18558', 'an app image overwrites the memory of the bootloader: secure boot is passed by', [
    '3.0.6',
    '3.1.1',
    '3.2',
  ]),
  {
    ...row('high', 'CVE-2019-15894', 'a fault passes by the check of secure boot v1', [
      '3.0.9',
      '3.1.6',
      '3.2.3',
      '3.3.1',
      '4.0',
    ]),
    chips: ['esp32'],
    untilRevision: 300,
  },
  row('medium', 'AR2022-006', 'burning of eFuses was not verified: a key may be wrong, or a protection missing', [
    '4.2.4',
    '4.3.3',
    '4.4.2',
    '5.0',
  ]),
  row('medium', 'CVE-2024-53845', 'ESPTouch v2 encrypts Wi-Fi passwords with a constant IV', [
    '5.0.8',
    '5.1.6',
    '5.2.4',
    '5.3.2',
    '5.4',
  ]),
  row('medium', 'CVE-2025-52471', 'ESP-NOW: packets can overwrite memory, where ESP-NOW is used', [
    '5.1.6',
    '5.2.6',
    '5.3.4',
    '5.4.2',
    '5.5',
  ]),
  row('medium', 'CVE-2026-25532', 'WPS: packets can crash the device, where WPS is used', [
    '5.1.7',
    '5.2.7',
    '5.3.5',
    '5.4.4',
    '5.5.3',
    '6.0',
  ]),
  maybe('CVE-2024-28183', 'anti-rollback can be passed by: the image is swapped between check and start', '5.3'),
  maybe('CVE-2025-55297', 'the BluFi example overflows its memory', '5.5'),
  maybe('CVE-2026-25507, CVE-2026-25508, CVE-2026-45542', 'provisioning over Bluetooth overflows memory', '6.1'),
  {
    ...maybe('CVE-2025-64342', 'Bluetooth: an invalid access address crashes the controller', '6.0'),
    chips: ['esp32'],
  },
  maybe('CVE-2021-28139 (BrakTooth)', 'classic Bluetooth: packets can overwrite memory', '4.4'),
  maybe('CVE-2023-24023 (BLUFFS)', 'classic Bluetooth: a session key can be forced to be weak', '5.2'),
  maybe('CVE-2022-24893', 'BLE Mesh: provisioning packets can overwrite memory', '5.0'),
  maybe('CVE-2020-12638', 'Wi-Fi: the device can be made to connect without encryption', '4.2'),
  maybe('CVE-2020-26142 (FragAttacks)', 'Wi-Fi: fragments can be slipped into a connection', '5.1'),
  maybe('CVE-2023-52160', 'Wi-Fi with PEAP: a false access point is trusted', '5.3'),
];

function row(severity: Severity, id: string, what: string, fixedIn: readonly string[]): IdfVulnerability {
  return { id, what, fixedIn, severity };
}

/** Which patches mend it is for the advisory to say; from `branch` on it is mended. */
function maybe(id: string, what: string, branch: string): IdfVulnerability {
  return { id, what, fixedIn: [branch], mayBeFixedEarlier: true, severity: 'info' };
}
