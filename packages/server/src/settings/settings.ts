import { isLocationId, isProjectId, isResourceId } from '@mkiot/core/contract/ids';
import { isIP } from 'node:net';
import { z } from 'zod';
import { DEFAULT_BRIDGE_LIMITS } from '../bridge/bridgeLimits.ts';
import { QUOTA_NAMES, type QuotaName, quotaRow } from '../quotas/quotaTable.ts';
import { NO_PRESET, QUOTA_PRESETS } from './quotaPresets.ts';
import { setting, settingGroup } from './setting.ts';

const DNS_NAME = /^(?!\d+$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i;

function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

function isHostNameOrAddress(text: string): boolean {
  return isAddress(text) || (text.length <= 253 && DNS_NAME.test(text));
}

// A line break in a path is a key or certificate pasted in place of its file.
const filePath = z.string().regex(/^[^\n\r\0]+$/);

function port(defaultPort: number, title: string) {
  return setting(z.int().min(0).max(65_535).default(defaultPort), {
    title,
    description: '0 takes a free port, which the start prints.',
  });
}

function host(title: string) {
  return setting(z.string().refine(isAddress).optional(), {
    title,
    description: 'Absent: every address of the machine, IPv4 and IPv6.',
    allowed: 'an IPv4 or IPv6 address of this machine',
  });
}

function ownCertificate(listener: string) {
  return {
    certificateFile: setting(filePath.optional(), {
      title: `Own certificate of ${listener}`,
      description:
        'PEM file with the certificate and what stands between it and its root. Read again when it changes. ' +
        "Absent: a certificate of this installation's own authority, which renews itself.",
      isPath: true,
    }),
    keyFile: setting(filePath.optional(), {
      title: `Private key of the own certificate of ${listener}`,
      description: 'PEM file, not encrypted, readable by nobody else. Read again when it changes.',
      isPath: true,
    }),
  };
}

function quota(name: QuotaName) {
  const { title, counted } = quotaRow(name);
  return setting(z.int().min(0).max(1_000_000_000).default(0), {
    title,
    description: `At most so many ${counted}; 0: no quota.`,
  });
}

const quotas = Object.fromEntries(QUOTA_NAMES.map((name) => [name, quota(name)])) as {
  readonly [Name in QuotaName]: ReturnType<typeof quota>;
};

/** All settings of the server: the one place that names them. Loader, command-line help and docs/settings.md follow it. */
export const settingsSchema = z
  .strictObject({
    dataFolder: setting(filePath.default('~/.local/share/mkiot'), {
      title: 'Data folder',
      description:
        'Everything that MkIoT keeps: keys, databases, events. Made at the first start, closed to other users.',
      isPath: true,
      flag: 'data',
    }),
    workers: setting(z.int().min(1).max(64).default(1), {
      title: 'Bridge workers',
      description:
        'Threads that carry the connections of devices: accept them on the port of the MQTT bridge and do TLS. 1: the main ' +
        'thread does it itself. More let a busy bridge use more processor cores, where the system lets listeners share a ' +
        'port, as Linux does. What comes through the shared port is carried by the main thread.',
    }),
    project: settingGroup('Project', {
      id: setting(z.string().refine(isProjectId).optional(), {
        title: 'Project id',
        description:
          'The audience of every device token. Absent: `mkiot-` and six random characters, chosen at the first start, ' +
          'so that a token taken at one installation is worthless at another.',
        allowed: '6 to 30 of a-z, 0-9 and "-", starting with a letter and not ending with "-"',
      }),
      location: setting(z.string().refine(isLocationId).default('local'), {
        title: 'Location',
        description: 'The location in the names of registries and devices; IoT Core calls it region.',
        allowed: '1 to 63 of a-z, 0-9 and "-", starting with a letter',
      }),
      defaultRegistry: setting(z.string().refine(isResourceId).default('default'), {
        title: 'Default registry',
        description: 'Made at the first start; short device names on the command line mean devices of it.',
        allowed: '3 to 255 letters, digits and -._+~%, starting with a letter and not with "goog"',
      }),
    }),
    mqtt: settingGroup('MQTT bridge', {
      host: host('Address of the MQTT bridge'),
      port: port(8883, 'Port of the MQTT bridge'),
      ...ownCertificate('the MQTT bridge'),
    }),
    https: settingGroup('HTTPS', {
      host: host('Address of the API'),
      port: port(8443, 'Port of the API'),
      ...ownCertificate('the API'),
    }),
    loopback: settingGroup('Loopback', {
      enabled: setting(z.boolean().default(true), {
        title: 'Plain HTTP on this machine',
        description: 'Serves the API on 127.0.0.1 and [::1] without TLS. Never reachable from elsewhere.',
      }),
      port: port(8080, 'Port of the API on this machine'),
    }),
    shared: settingGroup('MQTT and HTTPS on one port', {
      enabled: setting(z.boolean().default(false), {
        title: 'Shared port',
        description:
          'Serves on one more port what the MQTT bridge and the API serve, for devices in networks that let nothing else ' +
          'out. It has the certificate of the MQTT bridge.',
      }),
      host: host('Address of the shared port'),
      port: setting(z.int().min(0).max(65_535).default(443), {
        title: 'Number of the shared port',
        description:
          'Ports below 1024 are for root and for programs with the capability CAP_NET_BIND_SERVICE. 0 takes a free port, ' +
          'which the start prints.',
      }),
    }),
    certificates: settingGroup('Certificates', {
      names: setting(z.array(z.string().refine(isHostNameOrAddress)).default([]), {
        title: 'Further host names and addresses',
        description:
          'Names by which devices and browsers reach this machine, beside those that it knows itself: localhost, its ' +
          'host name, that name with `.local`, and the addresses of its network interfaces.',
        allowed: 'a list of host names and addresses',
      }),
    }),
    events: settingGroup('Event log', {
      segmentMebibytes: setting(z.int().min(1).max(1024).default(64), {
        title: 'Size of a segment file',
        description:
          'The event log begins a new file each UTC day and when a file has this size. Retention drops whole files.',
      }),
      retentionDays: setting(z.int().min(1).max(36_500).default(365), {
        title: 'Age of events',
        description: 'Older events are dropped.',
      }),
      retentionMebibytes: setting(
        z
          .int()
          .min(64)
          .max(2 ** 30)
          .default(10_240),
        {
          title: 'Size of the event log',
          description: 'When the event log is larger, its oldest events are dropped.',
        },
      ),
      waitingMebibytes: setting(z.int().min(1).max(4096).default(16), {
        title: 'Events waiting for the disk',
        description: 'With more than this in memory, devices are not read until the disk has caught up.',
      }),
    }),
    limits: settingGroup('Limits', {
      loginSeconds: setting(
        z
          .int()
          .min(1)
          .max(120)
          .default(DEFAULT_BRIDGE_LIMITS.loginMs / 1_000),
        {
          title: 'Time for a login',
          description:
            'A device has this long for its TLS handshake, and again for its CONNECT. Slow radio links may need more; more ' +
            'lets strangers hold more connections open.',
        },
      ),
      outgoingKibibytes: setting(
        z
          .int()
          .min(64)
          .max(65_536)
          .default(DEFAULT_BRIDGE_LIMITS.outgoingBytes / 1_024),
        {
          title: 'Bytes waiting for a device',
          description:
            'A device that does not read so much of what it is sent is not read either, and gets nothing more.',
        },
      ),
    }),
    sessions: settingGroup('Kept sessions', {
      expirySeconds: setting(
        z
          .int()
          .min(0)
          .max(30 * 86_400)
          .default(DEFAULT_BRIDGE_LIMITS.sessionExpirySeconds),
        {
          title: 'Longest session without a connection',
          description:
            'A device that asks for it (Clean Session 0, in MQTT 5.0 Session Expiry Interval) finds its subscriptions and ' +
            'what was queued for it when it comes back in this time. 0: every session ends with its connection, as at IoT Core.',
        },
      ),
      queuedMessages: setting(z.int().min(0).max(10_000).default(DEFAULT_BRIDGE_LIMITS.queuedMessages), {
        title: 'Messages waiting for a device',
        description: 'A kept session takes no more; who sends another one is told.',
      }),
      queuedKibibytes: setting(
        z
          .int()
          .min(0)
          .max(65_536)
          .default(DEFAULT_BRIDGE_LIMITS.queuedBytes / 1_024),
        { title: 'Their size', description: 'The same for their bytes.' },
      ),
      queuedTotalMebibytes: setting(
        z
          .int()
          .min(1)
          .max(16_384)
          .default(DEFAULT_BRIDGE_LIMITS.queuedTotalBytes / 1_048_576),
        {
          title: 'Messages waiting for all devices',
          description: 'They are kept in memory beside the database, so that no login waits for a disk.',
        },
      ),
    }),
    quotas: settingGroup('Quotas', {
      preset: setting(z.enum([NO_PRESET, ...QUOTA_PRESETS]).default(NO_PRESET), {
        title: 'Quotas of another platform',
        description:
          '`iot-core` sets all quotas to those that Google had by default; quotas that are given beside it keep their ' +
          'numbers. docs/limits.md says what happens at a quota.',
      }),
      ...quotas,
    }),
    auditTrail: settingGroup('Audit trail', {
      headFile: setting(filePath.optional(), {
        title: 'Export of the head',
        description:
          'A file, best on another machine, to which the head of the audit trail is appended every hour: with it ' +
          '`mkiot audit-trail verify --head` also sees that the end was cut off.',
        isPath: true,
      }),
    }),
    log: settingGroup('Log', {
      level: setting(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'), {
        title: 'Log level',
        description: 'Lines of less weight are left out.',
      }),
      format: setting(z.enum(['auto', 'json', 'text']).default('auto'), {
        title: 'Log format',
        description: '`auto` writes text to a terminal and JSON, one object a line, to anything else.',
      }),
    }),
    metrics: settingGroup('Metrics', {
      enabled: setting(z.boolean().default(true), {
        title: 'Metrics',
        description: 'Serves counters in the Prometheus format at `/metrics`, on this machine and to administrators.',
      }),
    }),
  })
  .superRefine((settings, context) => {
    for (const listener of ['mqtt', 'https'] as const) {
      const { certificateFile, keyFile } = settings[listener];
      if ((certificateFile === undefined) === (keyFile === undefined)) continue;
      const [given, missing] = keyFile === undefined ? ['certificateFile', 'keyFile'] : ['keyFile', 'certificateFile'];
      context.addIssue({
        code: 'custom',
        path: [listener, missing],
        message: `${listener}.${given} is given; give both or neither`,
      });
    }
  });

/** Checked settings. Paths are absolute. */
export type Settings = z.output<typeof settingsSchema>;
