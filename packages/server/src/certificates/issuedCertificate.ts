import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Logger } from 'pino';
import type { DataFolder } from '../dataFolder/dataFolder.ts';
import { writePrivateFile } from '../dataFolder/privateFiles.ts';
import type { HostIdentity } from '../runtime/hostIdentity.ts';
import type { CertificateSource } from './certificateSource.ts';
import { type CertifiedKey, issueServerCertificate } from './issueCertificates.ts';

const SEAL_PURPOSE = 'server certificate';

export interface IssuedCertificateOptions {
  readonly dataFolder: DataFolder;
  readonly authority: CertifiedKey;
  /** The machine's names and addresses as they are at the moment. */
  readonly hostIdentity: () => HostIdentity;
  /** Further names and addresses from the settings. */
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly logger: Logger;
}

/** What is kept: the certificate and what it was made for. */
interface Kept {
  readonly certificate: CertifiedKey;
  readonly identity: HostIdentity;
}

/** A certificate of our own authority: made when there is none, and again before it ends and when names change. */
export class IssuedCertificate implements CertificateSource {
  readonly #options: IssuedCertificateOptions;
  #kept: Kept | undefined;

  constructor(options: IssuedCertificateOptions) {
    this.#options = options;
  }

  async refresh(): Promise<CertifiedKey> {
    const { authority, clock, randomFill, logger } = this.#options;
    this.#kept ??= await this.#load();
    const identity = this.#wantedIdentity();
    const reason = whyNotGood(this.#kept, identity, authority, clock.now());
    if (this.#kept !== undefined && reason === undefined) return this.#kept.certificate;
    this.#kept = { certificate: await issueServerCertificate(authority, identity, clock.now(), randomFill), identity };
    logger.info({ reason, ...identity }, 'server certificate issued');
    await this.#save(this.#kept);
    return this.#kept.certificate;
  }

  #wantedIdentity(): HostIdentity {
    const { names, addresses } = this.#options.hostIdentity();
    const further = this.#options.names.map((name) => name.toLowerCase());
    return {
      names: union(
        names,
        further.filter((name) => isIP(name) === 0),
      ),
      addresses: union(
        addresses,
        further.filter((name) => isIP(name) !== 0),
      ),
    };
  }

  async #load(): Promise<Kept | undefined> {
    const { dataFolder, logger } = this.#options;
    try {
      const sealed = await readFile(dataFolder.paths.serverCertificate);
      return JSON.parse(utf8Decode(dataFolder.masterKey.unseal(SEAL_PURPOSE, sealed))) as Kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        logger.warn({ err: error }, 'the kept server certificate cannot be used; a new one is made');
      }
      return undefined;
    }
  }

  /** A full disk must not leave the listeners with an old certificate; the next start then makes its own. */
  async #save(kept: Kept): Promise<void> {
    const { dataFolder, logger } = this.#options;
    const sealed = dataFolder.masterKey.seal(SEAL_PURPOSE, utf8Encode(JSON.stringify(kept)));
    try {
      await writePrivateFile(dataFolder.paths.serverCertificate, sealed);
    } catch (error) {
      logger.error({ err: error }, 'the server certificate is in use, but it could not be kept on disk');
    }
  }
}

/** Why another certificate is needed; `undefined` when `kept` is good. */
function whyNotGood(
  kept: Kept | undefined,
  wanted: HostIdentity,
  authority: CertifiedKey,
  nowMs: number,
): string | undefined {
  if (kept === undefined) return 'there is none';
  const certificate = new X509Certificate(kept.certificate.cert);
  const [fromMs, toMs] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  if (!certificate.verify(new X509Certificate(authority.cert).publicKey)) return 'it is of another authority';
  if (JSON.stringify(kept.identity) !== JSON.stringify(wanted)) return 'names or addresses have changed';
  if (nowMs < fromMs) return 'the clock has been set back before its begin';
  if (toMs - nowMs < (toMs - fromMs) / 3) return 'a third of its life is left';
  return undefined;
}

function union(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])].sort();
}
