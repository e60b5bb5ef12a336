import { access, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateError } from './certificateErrors.ts';

/** Where a system keeps the authorities it trusts, and the commands that add one. */
export interface TrustStore {
  readonly system: string;
  readonly commands: readonly string[];
}

/**
 * How each system is told to trust an authority.
 *
 * @param file absolute path of the authority's certificate, PEM
 * @param name what it is called in the store: `mkiot-abc123`
 */
export function trustStores(file: string, name: string): readonly TrustStore[] {
  const quoted = `'${file.replaceAll("'", String.raw`'\''`)}'`;
  return [
    {
      system: 'Debian, Ubuntu',
      commands: [`sudo cp ${quoted} ${DEBIAN_FOLDER}/${name}.crt`, `sudo ${DEBIAN_PROGRAM}`],
    },
    {
      system: 'Fedora, Red Hat',
      commands: [`sudo cp ${quoted} /etc/pki/ca-trust/source/anchors/${name}.pem`, 'sudo update-ca-trust'],
    },
    {
      system: 'macOS',
      commands: [`sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${quoted}`],
    },
    {
      system: 'Windows, in a terminal run as administrator',
      commands: [`certutil -addstore -f Root "${file}"`],
    },
    {
      system: 'Firefox, which may have a store of its own (PROFILE is the folder that about:profiles shows)',
      commands: [`certutil -A -d "sql:PROFILE" -t "C,," -n ${name} -i ${quoted}`],
    },
  ];
}

const DEBIAN_FOLDER = '/usr/local/share/ca-certificates';
const DEBIAN_PROGRAM = 'update-ca-certificates';

export interface TrustPorts {
  /** Whether this process may change the system's store. */
  readonly isRoot: boolean;
  /** Debian's, unless a test hands in another. */
  readonly storeFolder?: string;
  /** Runs a program; rejects when it fails. */
  readonly run: (program: string, args: readonly string[]) => Promise<void>;
}

/**
 * Makes a Debian system trust an authority. Resolves to the file that it was put into, or to `undefined`, having changed
 * nothing, when this is no Debian or the process is not root's: then show {@link trustStores}.
 *
 * @throws `TRUST_STORE_FAILED`
 */
export async function trustOnDebian(pem: string, name: string, ports: TrustPorts): Promise<string | undefined> {
  const { isRoot, storeFolder = DEBIAN_FOLDER, run } = ports;
  if (!isRoot || !(await exists(storeFolder))) return undefined;
  const file = join(storeFolder, `${name}.crt`);
  await writeFile(file, pem);
  // Every user's programs have to read it, whatever the umask.
  await chmod(file, 0o644);
  try {
    await run(DEBIAN_PROGRAM, []);
  } catch (error) {
    throw certificateError('TRUST_STORE_FAILED', { file, command: DEBIAN_PROGRAM }, error);
  }
  return file;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
