// esp_flash_encryption_enable_secure_features of ESP-IDF: what a first boot closes for ever, or leaves open and says so.
import type { EfuseBatch } from './efuseFields.ts';
import { RD_DIS_LOCK } from './keyBlocks.ts';
import type { SecurityLeftover } from './bootloaderOptions.ts';
import type { Stage } from './stage.ts';

interface SecurityFeature {
  readonly leftover: SecurityLeftover;
  /** Those of them that a chip has are burned. */
  readonly fields: readonly string[];
  readonly closing: string;
  readonly leaving: string;
}

const UART_ENCRYPTION = {
  leftover: 'SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC',
  closing: 'Disable UART bootloader encryption...',
  leaving: 'Not disabling UART bootloader encryption',
} as const;

const JTAG_LEFT = 'Not disabling JTAG - SECURITY COMPROMISED';

const ESP32_FEATURES: readonly SecurityFeature[] = [
  { ...UART_ENCRYPTION, fields: ['DISABLE_DL_ENCRYPT'] },
  {
    leftover: 'SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC',
    fields: ['DISABLE_DL_DECRYPT'],
    closing: 'Disable UART bootloader decryption...',
    leaving: 'Not disabling UART bootloader decryption - SECURITY COMPROMISED',
  },
  {
    leftover: 'SECURE_FLASH_UART_BOOTLOADER_ALLOW_CACHE',
    fields: ['DISABLE_DL_CACHE'],
    closing: 'Disable UART bootloader MMU cache...',
    leaving: 'Not disabling UART bootloader MMU cache - SECURITY COMPROMISED',
  },
  { leftover: 'SECURE_BOOT_ALLOW_JTAG', fields: ['JTAG_DISABLE'], closing: 'Disable JTAG...', leaving: JTAG_LEFT },
  {
    leftover: 'SECURE_BOOT_ALLOW_ROM_BASIC',
    fields: ['CONSOLE_DEBUG_DISABLE'],
    closing: 'Disable ROM BASIC interpreter fallback...',
    leaving: 'Not disabling ROM BASIC fallback - SECURITY COMPROMISED',
  },
];

const LATER_FEATURES: readonly SecurityFeature[] = [
  { ...UART_ENCRYPTION, fields: ['DIS_DOWNLOAD_MANUAL_ENCRYPT'] },
  {
    leftover: 'SECURE_FLASH_UART_BOOTLOADER_ALLOW_CACHE',
    fields: ['DIS_DOWNLOAD_ICACHE', 'DIS_DOWNLOAD_DCACHE'],
    closing: 'Disable UART bootloader cache...',
    leaving: 'Not disabling UART bootloader cache - SECURITY COMPROMISED',
  },
  {
    leftover: 'SECURE_BOOT_ALLOW_JTAG',
    fields: ['DIS_PAD_JTAG', 'DIS_USB_JTAG'],
    closing: 'Disable JTAG...',
    leaving: JTAG_LEFT,
  },
];

/** Adds to `batch` what is closed, and tells of each feature. */
export function closeFeatures({ console, chip, options }: Stage, batch: EfuseBatch): void {
  const features = chip.name === 'esp32' ? ESP32_FEATURES : LATER_FEATURES;
  for (const { leftover, fields, closing, leaving } of features) {
    const isLeft = options.leftOpen.includes(leftover);
    console.log(isLeft ? 'W' : 'I', 'flash_encrypt', isLeft ? leaving : closing);
    if (isLeft) continue;
    for (const field of fields) batch.set(field, 1);
  }
  // Secure boot left this to the boot that hides the flash key: from now on nothing more can be hidden, digests least of all.
  if (options.secureBoot === 'v2') batch.setBit('WR_DIS', RD_DIS_LOCK);
  // An image that is no real one could else be started past all checks; nothing is told of it.
  if (chip.name !== 'esp32') batch.set('DIS_DIRECT_BOOT', 1);
}
