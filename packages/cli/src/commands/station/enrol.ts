import { nodeSigningKey, generateSigningKeyPem } from '@mkiot/server/runtime/nodeSigningKey';
import type { Command } from 'commander';
import { createPrivateKey } from 'node:crypto';
import { hostname } from 'node:os';
import { pointInTime, wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { dataFolderOf } from '../../dataFolderOf.ts';
import { hostOf } from '../../connection/serverUrl.ts';
import { makeStationFile } from './stationFile.ts';

interface EnrolOptions {
  readonly maxDevices: number;
  readonly until: string;
  readonly host?: string;
  readonly out?: string;
}

/** The largest that the API takes. */
const MAX_DEVICES = 1_000_000;

export function addStationEnrol(stations: Command, cli: Cli): void {
  addCommand(stations, 'enrol', {
    summary: 'Make the key of a station here, and let it register devices',
    details:
      'Run it on the machine of the station. The private key stays there, in a file that only you can read; the server ' +
      'gets the public one. The station can create so many devices in one registry until the time given, and nothing ' +
      'else: it reads nothing.',
    examples: [
      'mkiot station enrol line-1 --max-devices 500 --until 2026-12-31',
      'mkiot station enrol bench --registry pumps --max-devices 3 --until 2026-12-01T18:00:00Z --out bench.json',
    ],
  })
    .argument('<name>', 'what people call it; the audit trail shows it')
    .requiredOption('--max-devices <n>', 'it registers at most so many', wholeNumber('--max-devices', 1, MAX_DEVICES))
    .requiredOption('--until <time>', 'a day, or a time like 2026-12-31T18:00:00Z', pointInTime('--until'))
    .option('--host <name>', 'where units find the platform (default: as this machine does)')
    .option('--out <file>', 'where its key goes (default: NAME.station.json)')
    .action(async (name: string, { maxDevices, until, host: given, out }: EnrolOptions) => {
      const path = out ?? `${name.replaceAll(/[^\w.-]/g, '_')}.station.json`;
      const privateKeyPem = generateSigningKeyPem();
      const publicKey = nodeSigningKey(createPrivateKey(privateKeyPem)).publicKeyPem;
      await cli.withServer(async ({ api, names, url, ca }) => {
        const host = given ?? (url === undefined ? hostname() : hostOf(url));
        const enrolledAt = url === undefined ? { dataFolder: dataFolderOf(cli.options, cli.ports) } : { url, ca };
        const fields = { name, publicKey, maxDevices, expireTime: until };
        const station = await makeStationFile(path, privateKeyPem, { host, enrolledAt }, () =>
          api.provisioning.enrolStation(names.registry(), fields),
        );
        await cli.output.result(station, [
          `Station ${station.id} (${name}) may register ${maxDevices} devices until ${station.expireTime}.`,
          `Its key is in ${path}: keep it on this machine.`,
          `Its units look for the platform at ${host}:${station.mqttPort}. If they know it by another name, use --host.`,
        ]);
      });
    });
}
