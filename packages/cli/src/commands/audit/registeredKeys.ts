import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { InputFile } from '@mkiot/esp32/audit/inputs/auditInput';
import { createPublicKey } from 'node:crypto';
import type { Cli } from '../../cli.ts';

/**
 * The public keys that the registry has of a device, as inputs of an audit: a private key in its flash that belongs to one of
 * them is proven to be the device's.
 *
 * @param device its id, numeric id or whole name
 * @throws `DEVICE_NOT_FOUND`, and what a connection to the server throws
 */
export function registeredKeys(device: string, cli: Cli): Promise<readonly InputFile[]> {
  return cli.withServer(async ({ api, names }) => {
    const { credentials } = await api.devices.get(names.device(device));
    return credentials.map(({ publicKey }, index) => {
      // Of a certificate, the key in it.
      const pem = createPublicKey(publicKey.key).export({ type: 'spki', format: 'pem' });
      return { name: `key ${index + 1} of ${device} in the registry`, bytes: utf8Encode(pem) };
    });
  });
}
