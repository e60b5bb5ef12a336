import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
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
 * @throws `AUTHORITY_LOST`, `AUTHORITY_CLOCK_WRONG`
 */
export async function openAuthority(dataFolder: DataFolder, ports: AuthorityPorts): Promise<CertifiedKey> {
  const { authorityCertificate } = dataFolder.paths;
  const copy = await readIfThere(authorityCertificate);
  const authority = (await unsealAuthority(dataFolder)) ?? (await makeAuthority(dataFolder, ports, copy !== undefined));
  if (copy?.toString() !== authority.cert) await writePrivateFile(authorityCertificate, authority.cert);
  return authority;
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

async function makeAuthority(
  { paths, masterKey, installationId }: DataFolder,
  { clock, randomFill }: AuthorityPorts,
  hadOne: boolean,
): Promise<CertifiedKey> {
  if (hadOne) throw authorityLost(paths, 'it is missing');
  if (clock.now() < EARLIEST_MS) {
    throw certificateError('AUTHORITY_CLOCK_WRONG', { now: new Date(clock.now()).toISOString() });
  }
  const authority = await issueAuthority(`MkIoT CA ${installationId}`, clock.now(), randomFill);
  if ((await mkdir(paths.certificates, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(paths.folder);
  await writePrivateFile(paths.authority, masterKey.seal(SEAL_PURPOSE, utf8Encode(JSON.stringify(authority))));
  return authority;
}

async function unsealAuthority({ paths, masterKey }: DataFolder): Promise<CertifiedKey | undefined> {
  const sealed = await readIfThere(paths.authority);
  if (sealed === undefined) return undefined;
  try {
    return JSON.parse(utf8Decode(masterKey.unseal(SEAL_PURPOSE, sealed))) as CertifiedKey;
  } catch (error) {
    throw authorityLost(paths, (error as Error).message, error);
  }
}

function authorityLost({ authority, certificates }: DataFolderPaths, reason: string, cause?: unknown): Error {
  return certificateError('AUTHORITY_LOST', { file: authority, certificates, reason }, cause);
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
