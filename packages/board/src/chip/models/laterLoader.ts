import type { LoaderModel } from './chipModel.ts';

/** The loader that the ESP32-S3 and the ESP32-C3 have alike. */
export const LATER_LOADER: LoaderModel = {
  hasSecurityInfo: true,
  writesEncrypted: true,
  hasSecureDownload: true,
  downloadDisabledField: 'DIS_DOWNLOAD_MODE',
  encryptDisabledField: 'DIS_DOWNLOAD_MANUAL_ENCRYPT',
  flashReadPointer: undefined,
};
