import { concatBytes } from '@mkiot/core/bytes/bytes';
import { decodeFactoryData, encodeFactoryData, type FactoryData } from '@mkiot/core/keyInstall/factoryData';
import { isKeyCount, PRIVATE_KEY_BYTES } from '@mkiot/core/keyInstall/requests';
import { appError } from '../../appErrors.ts';

/**
 * What key install leaves on a device. It is one record, so that NVS keeps all of it or nothing; that it is there is the flag
 * that closes key install.
 */
export interface InstallRecord {
  /** 1 to 3. */
  readonly privateKeys: readonly Uint8Array[];
  readonly factory: FactoryData;
}

/** The key of the record in NVS. */
export const INSTALL_RECORD_KEY = 'key-install';

const VERSION = 1;

/** Version, count, private keys, facts. It is a secret. @throws `KEY_INSTALL_FACTS_INVALID` */
export function encodeInstallRecord({ privateKeys, factory }: InstallRecord): Uint8Array<ArrayBuffer> {
  return concatBytes(Uint8Array.of(VERSION, privateKeys.length), ...privateKeys, encodeFactoryData(factory));
}

/** @throws `INSTALL_RECORD_DAMAGED` */
export function decodeInstallRecord(bytes: Uint8Array): InstallRecord {
  const [version, count] = bytes;
  if (version !== VERSION || !isKeyCount(count)) throw appError('INSTALL_RECORD_DAMAGED');
  const keysEnd = 2 + count * PRIVATE_KEY_BYTES;
  const factory = decodeFactoryData(bytes.subarray(keysEnd));
  if (factory === undefined) throw appError('INSTALL_RECORD_DAMAGED');
  const privateKeys = Array.from({ length: count }, (_, index) => {
    const start = 2 + index * PRIVATE_KEY_BYTES;
    return bytes.slice(start, start + PRIVATE_KEY_BYTES);
  });
  return { privateKeys, factory };
}
