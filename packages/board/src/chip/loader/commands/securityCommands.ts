import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { revisionOf } from '@mkiot/esp32/efuse/efuseFields';
import { efuseNumber } from '../../boot/efuseFields.ts';
import { type LoaderCommand, words } from '../loaderCommand.ts';

/** Bit of the flags to the eFuses that set it. */
const FLAGS: readonly (readonly string[])[] = [
  ['SECURE_BOOT_EN'],
  ['SECURE_BOOT_AGGRESSIVE_REVOKE'],
  ['ENABLE_SECURITY_DOWNLOAD'],
  ['SECURE_BOOT_KEY_REVOKE0'],
  ['SECURE_BOOT_KEY_REVOKE1'],
  ['SECURE_BOOT_KEY_REVOKE2'],
  ['SOFT_DIS_JTAG'],
  ['DIS_PAD_JTAG'],
  ['DIS_USB', 'DIS_USB_OTG', 'DIS_USB_SERIAL_JTAG'],
  ['DIS_DOWNLOAD_DCACHE'],
  ['DIS_DOWNLOAD_ICACHE'],
];
const KEYS = 7;

export const getSecurityInfo: LoaderCommand = {
  name: 'GET_SECURITY_INFO',
  lengths: words(0),
  run: ({ hardware }) => ({ data: securityInfo(hardware.efuses.readable()) }),
};

/** Flags, flash encryption counter, purposes of the keys, chip id, revision of the chip. */
function securityInfo(dump: EfuseDump): Uint8Array<ArrayBuffer> {
  const info = new Uint8Array(20);
  const view = new DataView(info.buffer);
  const flags = FLAGS.map((names) => names.some((name) => efuseNumber(dump, name) !== 0));
  view.setUint32(
    0,
    flags.reduce((bits, isSet, bit) => (isSet ? bits | (1 << bit) : bits), 0),
    true,
  );
  view.setUint8(4, efuseNumber(dump, dump.chip.flashEncryption.counterField));
  for (let key = 0; key < KEYS; key++) view.setUint8(5 + key, efuseNumber(dump, `KEY_PURPOSE_${key}`));
  view.setUint32(12, dump.chip.imageChipId, true);
  view.setUint32(16, revisionOf(dump), true);
  return info;
}
