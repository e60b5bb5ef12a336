import type { ApiClient } from '@mkiot/core/api/client';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { errorTable, MkiotError } from '@mkiot/core/errors/mkiotError';
import type { DeviceCredential } from '@mkiot/core/api/resources';
import { keyFingerprint } from '../device/deviceKey.ts';

const boardError = errorTable({
  BOARD_KEY_NOT_REGISTERED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The device {device} is registered, but not with the key in {folder}. Add that key with "mkiot device keys add", ' +
      'run the board with the folder that has the right one, or give the board another name.',
  },
});

/** Registers a board's device with its public key, unless it is there with that key. @throws `BOARD_KEY_NOT_REGISTERED` */
export async function registerBoard(
  api: ApiClient,
  name: DeviceName,
  publicKeyPem: string,
  folder: string,
): Promise<void> {
  const credential: DeviceCredential = { publicKey: { format: 'ES256_PEM', key: publicKeyPem } };
  const device = await api.devices.get(name).catch((error: unknown) => {
    if (error instanceof MkiotError && error.status === 'NOT_FOUND') return undefined;
    throw error;
  });
  if (device === undefined) {
    await api.devices.create(name, name.device, { credentials: [credential] });
    return;
  }
  const fingerprint = keyFingerprint(credential);
  if (device.credentials.some((one) => keyFingerprint(one) === fingerprint)) return;
  throw boardError('BOARD_KEY_NOT_REGISTERED', { device: formatDeviceName(name), folder });
}
