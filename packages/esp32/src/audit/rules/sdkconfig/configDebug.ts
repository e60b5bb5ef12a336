import type { Rule } from '../../rule.ts';
import { KCONFIG } from '../references.ts';
import type { InsecureOption } from './insecureOptions.ts';
import { wrongOptions } from './wrongOptions.ts';

const OPTIONS: readonly InsecureOption[] = [
  {
    names: ['ESP_SYSTEM_PANIC_GDBSTUB', 'ESP32_PANIC_GDBSTUB', 'ESP_SYSTEM_GDBSTUB_RUNTIME'],
    wrong: 'y',
    severity: 'high',
    opens: 'a debugger answers on the serial line, without JTAG',
  },
  {
    names: ['LOG_DEFAULT_LEVEL_DEBUG', 'LOG_DEFAULT_LEVEL_VERBOSE'],
    wrong: 'y',
    severity: 'low',
    opens: 'the app tells much about itself on the console',
  },
  {
    names: [
      'BOOTLOADER_LOG_LEVEL_INFO',
      'BOOTLOADER_LOG_LEVEL_DEBUG',
      'BOOTLOADER_LOG_LEVEL_VERBOSE',
      'LOG_BOOTLOADER_LEVEL_INFO',
      'LOG_BOOTLOADER_LEVEL_DEBUG',
      'LOG_BOOTLOADER_LEVEL_VERBOSE',
    ],
    wrong: 'y',
    severity: 'info',
    opens: 'the bootloader tells partitions, versions and its security on the console',
  },
];

export const configDebug: Rule = {
  id: 'config-debug',
  title: 'The firmware is built with debugging aids that a product should not have',
  meaning: 'They help whoever listens at the serial pins: with a stub of GDB even to read and change memory.',
  severity: 'high',
  mend: [
    'CONFIG_ESP_SYSTEM_PANIC_PRINT_REBOOT=y or _SILENT_REBOOT=y instead of a GDB stub.',
    'For a release CONFIG_BOOTLOADER_LOG_LEVEL_NONE=y or _ERROR=y and CONFIG_LOG_DEFAULT_LEVEL_ERROR=y, once the log of the first boot has been looked at.',
  ],
  references: [KCONFIG],
  needs: ['sdkconfig'],
  check: (subject) => wrongOptions(subject, OPTIONS),
};
