import { spawnSync } from 'node:child_process';

/** Where a program comes from: a package of Debian, or a folder with its own npm lock file. */
export type Source = { readonly debian: string } | { readonly npm: string };

export interface TestProgram {
  /** Shell command that succeeds when the program can be used. */
  readonly probe: string;
  readonly source: Source;
  readonly for: string;
}

/** What some tests want beyond `npm ci`: programs that none of us wrote. A test names its own with `wants` (test/support). */
export const TEST_PROGRAMS = {
  openssl: {
    probe: 'command -v openssl',
    source: { debian: 'openssl' },
    for: 'checking our certificates and TLS with another implementation',
  },
  curl: {
    probe: 'command -v curl',
    source: { debian: 'curl' },
    for: 'driving the HTTP bridge as a device does',
  },
  'mosquitto-clients': {
    probe: 'command -v mosquitto_pub && command -v mosquitto_sub',
    source: { debian: 'mosquitto-clients' },
    for: 'driving the MQTT bridge with mosquitto_pub and mosquitto_sub',
  },
  socat: {
    probe: 'command -v socat',
    source: { debian: 'socat' },
    for: "offering a virtual chip's serial port as a pseudo-terminal",
  },
  'paho-mqtt': {
    probe: '/usr/bin/python3 -c "import paho.mqtt.client"',
    source: { debian: 'python3-paho-mqtt' },
    for: 'driving the MQTT bridge with the Python client',
  },
  pyjwt: {
    probe: '/usr/bin/python3 -c "import jwt"',
    source: { debian: 'python3-jwt' },
    for: "making device tokens with the Python library of Google's samples",
  },
  'python-cryptography': {
    probe: '/usr/bin/python3 -c "import cryptography"',
    source: { debian: 'python3-cryptography' },
    for: 'signing those tokens',
  },
  'paho-c': {
    probe: 'command -v paho_c_pub && command -v paho_c_sub',
    source: { debian: 'paho.mqtt.c-examples' },
    for: 'driving the MQTT bridge with the C client, libpaho-mqtt',
  },
  strace: {
    probe: 'command -v strace',
    source: { debian: 'strace' },
    for: 'showing that an event is synced to disk before its PUBACK leaves',
  },
  chromium: {
    probe: 'test -x /usr/bin/chromium',
    source: { debian: 'chromium' },
    for: 'running the isomorphic code in a real page',
  },
  'pkcs11-tool': {
    probe: 'command -v pkcs11-tool',
    source: { debian: 'opensc' },
    for: 'signing with a key that is not in a file',
  },
  softhsm2: {
    probe: 'command -v softhsm2-util',
    source: { debian: 'softhsm2' },
    for: 'holding that key as a hardware module would',
  },
  'google-client': {
    probe: 'test -d test/google-client/node_modules/@google-cloud/iot',
    source: { npm: 'test/google-client' },
    for: "driving the API with Google's own client library (40 MB)",
  },
} as const satisfies Readonly<Record<string, TestProgram>>;

export type TestProgramName = keyof typeof TEST_PROGRAMS;

export const TEST_PROGRAM_NAMES = Object.keys(TEST_PROGRAMS) as TestProgramName[];

/** Whether the program can be used now; run from the repository's root. */
export function isInstalled(name: TestProgramName): boolean {
  return spawnSync('sh', ['-c', TEST_PROGRAMS[name].probe], { stdio: 'ignore' }).status === 0;
}

/** The commands that install what `names` lack: one apt-get for all Debian packages, one `npm ci` a folder. */
export function installCommands(names: readonly TestProgramName[]): readonly (readonly string[])[] {
  const sources = names.map((name): Source => TEST_PROGRAMS[name].source);
  const packages = sources.flatMap((source) => ('debian' in source ? [source.debian] : []));
  const folders = sources.flatMap((source) => ('npm' in source ? [source.npm] : []));
  const aptGet = [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
  ];
  return [...(packages.length > 0 ? aptGet : []), ...folders.map((folder) => ['npm', 'ci', '--prefix', folder])];
}
