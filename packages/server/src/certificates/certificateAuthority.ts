import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import type { DataFolder } from '../dataFolder/dataFolder.ts';
import type { DataFolderPaths } from '../dataFolder/dataFolderPaths.ts';
import { syncFolder, writePrivateFile } from '../dataFolder/privateFiles.ts';
import { certificateError } from './certificateErrors.ts';
import { type CertifiedKey, issueAuthority } from './issueCertificates.ts';

const SEAL_PURPOSE = 'certificate authority';

/** No right clock is before this moment. Boards without a battery wake up in 1970 until the network tells the time. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

export interface AuthorityPorts {
  readonly clock: Clock;
  readonly randomFill: RandomFill;
}

/**
 * The installation's certificate authority, made when there is none. It is never replaced: devices pin it.
 *
 * @throws `AUTHORITY_KEY_LOST`, `AUTHORITY_CLOCK_WRONG`
 */
export async function openAuthority(dataFolder: DataFolder, ports: AuthorityPorts): Promise<CertifiedKey> {
  const { paths } = dataFolder;
  const cert = await readFile(paths.authorityCertificate, 'utf8').catch(undefinedIfMissing);
  if (cert === undefined) return await makeAuthority(dataFolder, ports);
  const key = await unsealKey(dataFolder);
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw keyLost(paths, 'it belongs to another certificate');
  }
  return { key, cert };
}

/**
 * The authority's certificate as PEM. Needs neither lock nor key, so it works beside a running server.
 *
 * @throws `AUTHORITY_MISSING`
 */
export async function readAuthorityCertificate(paths: DataFolderPaths): Promise<string> {
  try {
    return await readFile(paths.authorityCertificate, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw certificateError('AUTHORITY_MISSING', { folder: paths.folder, reason }, error);
  }
}

async function makeAuthority(dataFolder: DataFolder, { clock, randomFill }: AuthorityPorts): Promise<CertifiedKey> {
  const { paths, masterKey, installationId } = dataFolder;
  if (clock.now() < EARLIEST_MS) {
    throw certificateError('AUTHORITY_CLOCK_WRONG', { now: new Date(clock.now()).toISOString() });
  }
  const authority = await issueAuthority(`MkIoT CA ${installationId}`, clock.now(), randomFill);
  if ((await mkdir(paths.certificates, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(paths.folder);
  // The key first: a certificate without its key would be an authority lost, a key without certificate is nothing yet.
  await writePrivateFile(paths.authorityKey, masterKey.seal(SEAL_PURPOSE, utf8Encode(authority.key)));
  await writePrivateFile(paths.authorityCertificate, authority.cert);
  return authority;
}

async function unsealKey({ paths, masterKey }: DataFolder): Promise<string> {
  try {
    return utf8Decode(masterKey.unseal(SEAL_PURPOSE, await readFile(paths.authorityKey)));
  } catch (error) {
    throw keyLost(paths, (error as Error).message, error);
  }
}

function keyLost(paths: DataFolderPaths, reason: string, cause?: unknown): Error {
  const { authorityKey, certificates } = paths;
  return certificateError('AUTHORITY_KEY_LOST', { file: authorityKey, certificates, reason }, cause);
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
