import { loadSettings } from '@mkiot/server/settings/loadSettings';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { servePlatform, type ServedPlatform } from '../../platform/servePlatform.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';
import type { OperatorLog } from '../operatorLog.ts';

/** Starts the platform as `mkiot up` does. Ports that somebody else has are replaced by free ones. */
export async function startPlatformStep(
  tell: Tell,
  dataFolder: string,
  log: OperatorLog,
  ports: DemoPorts,
): Promise<ServedPlatform> {
  const { mqtt, https, loopback } = await loadSettings({ homeFolder: ports.homeFolder });
  const settings = await loadSettings({
    flags: {
      dataFolder,
      'mqtt.port': String(await freePort(mqtt.port)),
      'https.port': String(await freePort(https.port)),
      'loopback.port': String(await freePort(loopback.port)),
    },
    homeFolder: ports.homeFolder,
  });
  const platform = await servePlatform(settings, ports, log.logger);
  log.writeTo(join(dataFolder, 'demo.log'));

  tell(`data folder ${dataFolder}, closed to other users; the log is in demo.log there`);
  tell(`project ${platform.project}: a device token for it is worthless at any other installation`);
  tell(`devices: MQTT over TLS on port ${platform.ports.mqtt}${busy(mqtt.port, platform.ports.mqtt)}`);
  tell(`API: HTTPS on port ${platform.ports.https}${busy(https.port, platform.ports.https)}`);
  return platform;
}

/** `port` if nobody listens on it, else 0, which takes a free one. */
function freePort(port: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(0));
    server.listen(port, () => server.close(() => resolve(port)));
  });
}

function busy(wanted: number, got: number): string {
  return wanted === got ? '' : ` (${wanted} is taken by another program)`;
}
