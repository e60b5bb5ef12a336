import type { CertifiedKey } from './issueCertificates.ts';

/** Where a listener's certificate comes from: our own authority, or files of the operator. */
export interface CertificateSource {
  /**
   * Looks at clock, names and files, and resolves to the certificate that is right now: the same object as before when
   * nothing has changed. Throws only when it never had one; later it keeps what it has and logs what is wrong.
   */
  refresh(): Promise<CertifiedKey>;
}
