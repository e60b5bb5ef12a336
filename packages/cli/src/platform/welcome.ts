import { describeCertificate } from '@mkiot/server/certificates/certificateDescription';
import { javascriptRuntime } from '@mkiot/server/runtime/javascriptRuntime';
import type { HostIdentity } from '@mkiot/server/runtime/hostIdentity';
import { fieldLines } from '../output/fields.ts';
import { formatFingerprint } from '@mkiot/core/crypto/fingerprint';
import type { ServedPlatform } from './servePlatform.ts';

/** What a platform tells when it is up. */
export interface Welcome {
  readonly project: string;
  readonly dataFolder: string;
  /** What the platform runs on: `Node 26.10.0`. */
  readonly runtime: string;
  readonly mqtt: string;
  readonly api: string;
  readonly loopback: string | undefined;
  /** MQTT and the API on one port. */
  readonly shared: string | undefined;
  readonly fingerprint: string;
  /** There as long as nobody is administrator. */
  readonly setupLink: string | undefined;
}

export function welcomeOf(platform: ServedPlatform, identity: HostIdentity): Welcome {
  const { ports, project, paths, setupCode, authorityCertificate } = platform;
  const host = hostNameOf(identity);
  const api = `https://${host}:${ports.https}`;
  return {
    project,
    dataFolder: paths.folder,
    runtime: `${javascriptRuntime.name} ${javascriptRuntime.version}`,
    mqtt: `mqtts://${host}:${ports.mqtt}`,
    api,
    loopback: ports.loopback === undefined ? undefined : `http://127.0.0.1:${ports.loopback}`,
    shared: ports.shared === undefined ? undefined : `https://${host}:${ports.shared}`,
    fingerprint: formatFingerprint(describeCertificate(authorityCertificate).sha256Fingerprint),
    setupLink: setupCode === undefined ? undefined : setupLink(api, setupCode),
  };
}

/** The code goes behind the `#`, which browsers do not send and proxies do not log. */
export function setupLink(api: string, code: string): string {
  return `${api}/setup#${code}`;
}

/** The name by which others are most likely to reach this machine. */
export function hostNameOf({ names }: HostIdentity): string {
  const others = names.filter((name) => name !== 'localhost');
  return others.find((name) => !name.endsWith('.local')) ?? others[0] ?? 'localhost';
}

export function welcomeLines(welcome: Welcome): readonly string[] {
  const { project, dataFolder, runtime, mqtt, api, loopback, shared, fingerprint, setupLink: link } = welcome;
  return [
    'MkIoT is up.',
    '',
    ...fieldLines({
      Project: project,
      'Data folder': dataFolder,
      'Runs on': runtime,
      Devices: mqtt,
      API: api,
      'Both on one port': shared,
      'This machine': loopback,
      Fingerprint: fingerprint,
    }),
    ...(link === undefined
      ? []
      : ['', 'Nobody is administrator yet. This link makes you one, once, within an hour:', '', `  ${link}`]),
    '',
    'Ctrl-C stops it.',
  ];
}
