import { X509Certificate } from 'node:crypto';
import { readNamedFile } from '../namedFile.ts';
import { connectionError } from './connectionErrors.ts';

/** PEM of the certificate authority in a file that the user has named. @throws `AUTHORITY_FILE_WRONG` */
export async function readAuthority(path: string): Promise<string> {
  const file = await readNamedFile(path);
  try {
    return new X509Certificate(file).toString();
  } catch (error) {
    throw connectionError('AUTHORITY_FILE_WRONG', { path }, error);
  }
}
