import type { EnrolledStation } from '@mkiot/core/api/clientProvisioning';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { type RegistryName, parseRegistryName } from '@mkiot/core/contract/resourceNames';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import type { Platform } from '@mkiot/esp32/station/registration';
import { nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import { createPrivateKey } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { UsualServer } from '../../connection/connect.ts';
import { parseServerUrl } from '../../connection/serverUrl.ts';
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

/** The server where a station was enrolled. */
type EnrolledAt = Exclude<UsualServer, { readonly socketPath: string }>;

/** What a station needs to sign unit records. */
export interface StationCredential {
  readonly id: string;
  readonly registry: RegistryName;
  /** Where its units belong. */
  readonly platform: Platform;
  readonly enrolledAt: EnrolledAt;
  readonly key: SigningKey;
}

/** Under which names the platform is reached: the server does not know what others call it. */
export interface PlatformPlaces {
  /** For units. */
  readonly host: string;
  /** For the station. */
  readonly enrolledAt: EnrolledAt;
}

/**
 * Makes the file of a station, mode 0600, and fills it with what `enrol` tells and the key. The file is there before the server
 * is asked, so that no station is enrolled whose key could not be kept. @throws `STATION_FILE_NOT_MADE`
 */
export async function makeStationFile(
  path: string,
  privateKeyPem: string,
  { host, enrolledAt }: PlatformPlaces,
  enrol: () => Promise<EnrolledStation>,
): Promise<EnrolledStation> {
  const file = await open(path, 'wx', SECRET_FILE).catch((error: unknown) => {
    throw stationFileError('STATION_FILE_NOT_MADE', { path, reason: (error as Error).message }, error);
  });
  try {
    const station = await enrol();
    const { id, name, registry, bridgeId, mqttPort, authorityCertificate, maxDevices, expireTime } = station;
    const platform = { host, mqttPort, authorityCertificate, bridgeId };
    const server = placeOf(enrolledAt);
    const contents = { id, name, registry, maxDevices, expireTime, ...platform, ...server, privateKey: privateKeyPem };
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
    const members = JSON.parse(utf8Decode(contents)) as Readonly<Record<string, unknown>>;
    const text = (name: string): string => {
      const value = members[name];
      if (typeof value !== 'string') throw new TypeError(`${name} is missing`);
      return value;
    };
    const optional = (name: string): string | undefined => (members[name] === undefined ? undefined : text(name));
    const registry = parseRegistryName(text('registry'));
    const bridgeId = base64Decode(text('bridgeId'));
    const port = members['mqttPort'];
    if (registry === undefined || bridgeId === undefined || typeof port !== 'number') throw new TypeError('is wrong');
    return {
      id: text('id'),
      registry,
      platform: { host: text('host'), port, caPem: text('authorityCertificate'), bridgeId },
      enrolledAt:
        members['server'] === undefined
          ? { dataFolder: text('dataFolder') }
          : { url: parseServerUrl(text('server')), ca: optional('serverAuthority') },
      key: nodeSigningKey(createPrivateKey(text('privateKey'))),
    };
  } catch {
    // Without its cause: that may quote what it could not read, and there is a key in it.
    throw stationFileError('STATION_FILE_DAMAGED', { path });
  }
}

/** As it stands in the file: an address with the authority that is trusted for it, or a data folder on this machine. */
function placeOf(enrolledAt: EnrolledAt): Readonly<Record<string, string | undefined>> {
  if ('dataFolder' in enrolledAt) return { dataFolder: enrolledAt.dataFolder };
  return { server: enrolledAt.url.origin, serverAuthority: enrolledAt.ca };
}
