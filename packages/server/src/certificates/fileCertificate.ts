import type { Clock } from '@mkiot/core/clock/clock';
import { readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { assertUsable, type OwnCertificatePlace } from './assertUsable.ts';
import { certificateError } from './certificateErrors.ts';
import type { CertificateSource } from './certificateSource.ts';
import type { CertifiedKey } from './issueCertificates.ts';
import { validityComplaint } from './validityComplaint.ts';

export interface FileCertificateOptions extends OwnCertificatePlace {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The operator's own certificate, followed as its files change. */
export class FileCertificate implements CertificateSource {
  readonly #options: FileCertificateOptions;
  #current: CertifiedKey | undefined;
  #complaint: string | undefined;

  constructor(options: FileCertificateOptions) {
    this.#options = options;
  }

  async refresh(): Promise<CertifiedKey> {
    const { listener, clock } = this.#options;
    try {
      const found = await readCertifiedKey(this.#options);
      if (found.cert !== this.#current?.cert || found.key !== this.#current.key) {
        assertUsable(found, this.#options, clock.now());
        this.#current = found;
        this.#options.logger.info({ listener, file: this.#options.certificateFile }, 'own certificate loaded');
      }
      this.#complain(validityComplaint(this.#current.cert, clock.now()));
      return this.#current;
    } catch (error) {
      if (this.#current === undefined) throw error;
      // Programs that renew certificates write one file after the other: the next look finds both.
      this.#complain((error as Error).message);
      return this.#current;
    }
  }

  /** Says each thing once, not at every look. */
  #complain(complaint: string | undefined): void {
    const { listener, certificateFile, logger } = this.#options;
    if (complaint !== undefined && complaint !== this.#complaint) {
      logger.warn({ listener, file: certificateFile, complaint }, 'own certificate needs attention');
    }
    this.#complaint = complaint;
  }
}

async function readCertifiedKey({ listener, certificateFile, keyFile }: FileCertificateOptions): Promise<CertifiedKey> {
  const cert = await readText(certificateFile, listener);
  const key = await readText(keyFile, listener);
  await assertHidden(keyFile, listener);
  return { cert, key };
}

async function readText(file: string, listener: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw certificateError('OWN_CERTIFICATE_UNREADABLE', { file, listener, reason }, error);
  }
}

/** A group may read a key: that is how systems hand certificates to servers that do not run as root. */
async function assertHidden(file: string, listener: string): Promise<void> {
  const { mode } = await stat(file);
  if (process.platform === 'win32' || (mode & 0o007) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  throw certificateError('OWN_CERTIFICATE_KEY_EXPOSED', { file, listener, mode: octal });
}
