import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate made by openssl, with its key, in files of a {@link CertificateBench}. */
export interface TestCertificate {
  readonly pem: string;
  readonly keyPem: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface CertificateOptions {
  readonly algorithm?: readonly string[];
  /** Absent: it signs itself. */
  readonly issuer?: TestCertificate;
  /** `20261122000000Z` */
  readonly notBefore?: string;
  readonly notAfter?: string;
}

export const P256: readonly string[] = ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
export const P384: readonly string[] = ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'];
export const RSA_2048: readonly string[] = ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
export const RSA_1024: readonly string[] = ['RSA', '-pkeyopt', 'rsa_keygen_bits:1024'];

/** Whether this machine has openssl: without it the tests that need another implementation are skipped by name. */
export async function hasOpenssl(): Promise<boolean> {
  return run('openssl', ['version']).then(
    () => true,
    () => false,
  );
}

/** Makes certificates with openssl. `await using bench = await certificateBench()`. */
export async function certificateBench(): Promise<
  AsyncDisposable & { make(name: string, options?: CertificateOptions): Promise<TestCertificate> }
> {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-x509-'));
  const make = async (name: string, options: CertificateOptions = {}): Promise<TestCertificate> => {
    const { algorithm = P256, issuer, notBefore = '20260101000000Z', notAfter = '20270101000000Z' } = options;
    const fileOf = (end: string): string => join(folder, `${name}.${end}`);
    const [keyFile, certificateFile, requestFile, settingsFile] = [
      fileOf('key'),
      fileOf('crt'),
      fileOf('csr'),
      fileOf('cnf'),
    ];
    await run('openssl', ['genpkey', '-algorithm', ...algorithm, '-out', keyFile]);
    await run('openssl', ['req', '-new', '-key', keyFile, '-subj', `/CN=${name}`, '-out', requestFile]);
    // `openssl x509 -req` of Debian 12 has no -not_before; `openssl ca` has start and end dates in every version.
    await writeFile(join(folder, 'index.txt'), '');
    await writeFile(settingsFile, CA_SETTINGS.replaceAll('FOLDER', folder));
    const files = ['-config', settingsFile, '-in', requestFile, '-out', certificateFile];
    const signer = issuer === undefined ? ['-selfsign'] : ['-cert', issuer.certificateFile];
    const dates = ['-startdate', notBefore, '-enddate', notAfter];
    const signingKey = ['-keyfile', issuer?.keyFile ?? keyFile];
    await run('openssl', ['ca', '-batch', '-notext', ...files, ...signer, ...signingKey, ...dates]);
    const [pem, keyPem] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
    return { pem, keyPem, certificateFile, keyFile };
  };
  return { make, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const CA_SETTINGS = `
[ca]
default_ca = test
[test]
database = FOLDER/index.txt
new_certs_dir = FOLDER
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
`;
