import type { EnrolledStation } from '@mkiot/core/api/clientProvisioning';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { type RegistryName, parseRegistryName } from '@mkiot/core/contract/resourceNames';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import { nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import { createPrivateKey } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { readNamedFile, SECRET_FILE } from '../../namedFile.ts';

const stationFileError = errorTable({
  STATION_FILE_NOT_MADE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The station file {path} could not be made: {reason}. A file that is there is never replaced: a key would be lost. ' +
      'Name another one with --out.',
  },
  STATION_FILE_DAMAGED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The file {path} is no whole station file. Take the one that "mkiot station enrol" wrote, or enrol again.',
  },
});

/** What a station needs to sign unit records. */
export interface StationCredential {
  readonly id: string;
  readonly registry: RegistryName;
  /** What the proofs of units are bound to. */
  readonly bridgeId: Uint8Array;
  readonly key: SigningKey;
}

/**
 * Makes the file of a station, mode 0600, and fills it with what `enrol` tells and the key. The file is there before the server
 * is asked, so that no station is enrolled whose key could not be kept. @throws `STATION_FILE_NOT_MADE`
 */
export async function makeStationFile(
  path: string,
  privateKeyPem: string,
  enrol: () => Promise<EnrolledStation>,
): Promise<EnrolledStation> {
  const file = await open(path, 'wx', SECRET_FILE).catch((error: unknown) => {
    throw stationFileError('STATION_FILE_NOT_MADE', { path, reason: (error as Error).message }, error);
  });
  try {
    const station = await enrol();
    const { id, name, registry, bridgeId, maxDevices, expireTime } = station;
    const contents = { id, name, registry, bridgeId, maxDevices, expireTime, privateKey: privateKeyPem };
    await file.writeFile(`${JSON.stringify(contents, undefined, 2)}\n`);
    await file.sync();
    return station;
  } catch (error) {
    await rm(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** @throws `FILE_NOT_READ`, `STATION_FILE_DAMAGED` */
export async function readStationFile(path: string): Promise<StationCredential> {
  const contents = await readNamedFile(path);
  try {
    const { id, registry, bridgeId, privateKey } = JSON.parse(utf8Decode(contents)) as Record<string, unknown>;
    const name = parseRegistryName(String(registry));
    const bridge = base64Decode(String(bridgeId));
    if (typeof id !== 'string' || name === undefined || bridge === undefined) throw new TypeError('a member is wrong');
    return { id, registry: name, bridgeId: bridge, key: nodeSigningKey(createPrivateKey(String(privateKey))) };
  } catch {
    // Without its cause: that may quote what it could not read, and there is a key in it.
    throw stationFileError('STATION_FILE_DAMAGED', { path });
  }
}
