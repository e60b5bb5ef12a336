import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Logger } from 'pino';
import type { DataFolder } from '../dataFolder/dataFolder.ts';
import type { HostIdentity } from '../runtime/hostIdentity.ts';
import { openAuthority } from './certificateAuthority.ts';
import type { CertificateSource } from './certificateSource.ts';
import { FileCertificate } from './fileCertificate.ts';
import type { CertifiedKey } from './issueCertificates.ts';
import { IssuedCertificate } from './issuedCertificate.ts';
import { validityComplaint } from './validityComplaint.ts';

/** How often clock, addresses and files are looked at. */
const CHECK_INTERVAL_MS = 60_000;

export type ListenerName = 'mqtt' | 'https';

/** Both or neither: the settings of a listener. */
export interface OwnCertificateFiles {
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface CertificateKeeperOptions {
  readonly dataFolder: DataFolder;
  readonly ownCertificates: Readonly<Record<ListenerName, OwnCertificateFiles>>;
  /** Further names and addresses, from the settings. */
  readonly names: readonly string[];
  readonly hostIdentity: () => HostIdentity;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly logger: Logger;
}

interface Kept {
  readonly source: CertificateSource;
  certificate: CertifiedKey;
  readonly callbacks: Set<(certificate: CertifiedKey) => void>;
}

/**
 * Keeps a good certificate for each listener: makes the authority and its certificate at the first start, renews it,
 * makes it again when the machine's names or addresses change, and follows the operator's own files.
 *
 * @example
 * const keeper = await CertificateKeeper.open(options);
 * const server = tls.createServer(keeper.current('mqtt'));
 * keeper.onChange('mqtt', (certificate) => server.setSecureContext(certificate));
 */
export class CertificateKeeper {
  /** The authority's certificate as PEM: what devices trust. */
  readonly authorityCertificate: string;
  readonly #listeners: Readonly<Record<ListenerName, Kept>>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: Timer | undefined;
  #checking: Promise<void> = Promise.resolve();

  private constructor(
    authorityCertificate: string,
    listeners: Readonly<Record<ListenerName, Kept>>,
    { clock, logger }: CertificateKeeperOptions,
  ) {
    this.authorityCertificate = authorityCertificate;
    this.#listeners = listeners;
    this.#clock = clock;
    this.#logger = logger;
    this.#checkLater();
  }

  /** @throws `AUTHORITY_LOST`, and `OWN_CERTIFICATE_…` when the operator's own certificate cannot be used */
  static async open(options: CertificateKeeperOptions): Promise<CertificateKeeper> {
    const authority = await openAuthority(options.dataFolder, options);
    const complaint = validityComplaint(authority.cert, options.clock.now());
    if (complaint !== undefined) options.logger.error({ complaint }, 'the certificate authority needs attention');
    const issued = new IssuedCertificate({ ...options, authority });
    const keep = async (listener: ListenerName): Promise<Kept> => {
      const { certificateFile, keyFile } = options.ownCertificates[listener];
      const isOwn = certificateFile !== undefined && keyFile !== undefined;
      const source = isOwn ? new FileCertificate({ ...options, listener, certificateFile, keyFile }) : issued;
      return { source, certificate: await source.refresh(), callbacks: new Set() };
    };
    return new CertificateKeeper(authority.cert, { mqtt: await keep('mqtt'), https: await keep('https') }, options);
  }

  current(listener: ListenerName): CertifiedKey {
    return this.#listeners[listener].certificate;
  }

  /** Calls `callback` with each new certificate of `listener` until the returned function is called. */
  onChange(listener: ListenerName, callback: (certificate: CertifiedKey) => void): () => void {
    const { callbacks } = this.#listeners[listener];
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }

  /** Looks at once instead of at the next minute. */
  check(): Promise<void> {
    this.#checking = this.#checking.then(async () => {
      for (const kept of Object.values(this.#listeners)) await this.#refresh(kept);
    });
    return this.#checking;
  }

  /** Resolves when nothing is being looked at or written any more. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#checking;
  }

  async #refresh(kept: Kept): Promise<void> {
    try {
      const certificate = await kept.source.refresh();
      if (certificate === kept.certificate) return;
      kept.certificate = certificate;
      for (const callback of kept.callbacks) callback(certificate);
    } catch (error) {
      this.#logger.error({ err: error }, 'looking after the certificates failed; the present one stays in use');
    }
  }

  #checkLater(): void {
    this.#timer = this.#clock.setTimer(CHECK_INTERVAL_MS, () => {
      void this.check().then(() => {
        if (this.#timer !== undefined) this.#checkLater();
      });
    });
  }
}
