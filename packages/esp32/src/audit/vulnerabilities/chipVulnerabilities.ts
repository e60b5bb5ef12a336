import type { ChipName } from '../../chips/chip.ts';
import type { Severity } from '../finding.ts';

/** A weakness of silicon: which chips have it, and what is left to do. */
export interface ChipVulnerability {
  readonly id: string;
  readonly what: string;
  readonly chips: readonly ChipName[];
  /** Revisions that have it, 100 · major + minor, both included. */
  readonly from: number;
  readonly to: number;
  readonly severity: Severity;
  readonly answer: string;
}

const UNTIL_V3 = 299;

/** ESP-IDF, docs/en/security/vulnerabilities.rst, and the advisories of Espressif that it names. */
export const CHIP_VULNERABILITIES: readonly ChipVulnerability[] = [
  {
    id: 'CVE-2019-17391',
    what: 'a disturbed supply makes the keys of flash encryption and secure boot v1 readable',
    chips: ['esp32'],
    from: 0,
    to: UNTIL_V3,
    severity: 'high',
    answer: 'no software mends it: a key of its own for every device; ESP32 of revision 3 for new ones',
  },
  {
    id: 'CVE-2020-13629, CVE-2020-15048',
    what: 'a magnetic pulse passes by secure boot v1 and flash encryption through the serial loader',
    chips: ['esp32'],
    from: 0,
    to: UNTIL_V3,
    severity: 'high',
    answer: 'revision 3 with secure boot v2 and UART_DOWNLOAD_DIS',
  },
  {
    id: 'CVE-2023-35818',
    what: 'a magnetic pulse opens the serial loader, which reads flash in clear',
    chips: ['esp32'],
    from: 300,
    to: 301,
    severity: 'medium',
    answer: 'no full fix: keys of its own for every device, a case that shows opening, or a newer chip series',
  },
  {
    id: 'AR2023-007',
    what: 'the flash key can be learned from power analysis or faults, in a lab',
    chips: ['esp32', 'esp32c3', 'esp32c6'],
    from: 0,
    to: Infinity,
    severity: 'medium',
    answer: 'a flash key of its own for every device; chips with XTS_DPA_PSEUDO_LEVEL are better off',
  },
  {
    id: 'CVE-2025-27840',
    what: 'undocumented commands of the Bluetooth controller reach memory from the host side',
    chips: ['esp32'],
    from: 0,
    to: Infinity,
    severity: 'info',
    answer: 'not remote by itself; matters where another processor speaks HCI to this chip',
  },
  {
    id: 'AR2022-004',
    what: 'download over USB OTG and over USB-Serial-JTAG are two eFuses, and early lots left the factory with one of them burned',
    chips: ['esp32s3'],
    from: 0,
    to: Infinity,
    severity: 'info',
    answer: 'look at both: DIS_USB_OTG_DOWNLOAD_MODE and DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE',
  },
  {
    id: 'SECURE_BOOT_V2_ECDSA_INSECURE',
    what: 'secure boot v2 with ECDSA keys has a weakness in this silicon',
    chips: ['esp32c5', 'esp32h2', 'esp32p4'],
    from: 0,
    to: Infinity,
    severity: 'info',
    answer: 'sign with RSA-3072; ESP-IDF from 5.5.5 and 6.0.2 on hides ECDSA',
  },
];
