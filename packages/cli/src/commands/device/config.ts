import type { DeviceConfig } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { fieldLines } from '../../output/fields.ts';
import { printablePayload } from '../../output/printable.ts';
import { addPayload, type PayloadOptions, readPayload } from '../../payload.ts';

export function addDeviceConfig(devices: Command, cli: Cli): void {
  const config = addCommand(devices, 'config', {
    summary: 'What a device is told to be like: sent at once, and again whenever it connects',
    examples: [`mkiot device config set pump-1 '{"interval":10}'`, 'mkiot device config get pump-1'],
  });
  addConfigGet(config, cli);
  addConfigSet(config, cli);
  addConfigVersions(config, cli);
}

function addConfigGet(config: Command, cli: Cli): void {
  addCommand(config, 'get', {
    summary: 'Show the newest config of a device',
    examples: ['mkiot device config get pump-1'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action(async (text: string) => {
      await cli.withServer(async ({ api, names }) => {
        const [newest] = await api.devices.configVersions(names.device(text));
        await cli.output.result(newest ?? {}, newest === undefined ? [] : configLines(newest));
      });
    });
}

function addConfigSet(config: Command, cli: Cli): void {
  const command = addCommand(config, 'set', {
    summary: 'Send a device a new config',
    examples: [
      `mkiot device config set pump-1 '{"interval":10}'`,
      'mkiot device config set pump-1 --file pump.json --if-version 4',
      'jq .pump fleet.json | mkiot device config set pump-1 -',
    ],
  }).argument('<device>', 'its id, numeric id or whole name');
  addPayload(command)
    .option('--if-version <version>', 'only if this is the newest version now')
    .action(async (text: string, payload: string | undefined, options: PayloadOptions & { ifVersion?: string }) => {
      const bytes = await readPayload(payload, options, cli.ports.input);
      await cli.withServer(async ({ api, names }) => {
        const set = await api.devices.modifyConfig(names.device(text), bytes, options.ifVersion);
        await cli.output.result(set, configLines(set));
      });
    });
}

function addConfigVersions(config: Command, cli: Cli): void {
  addCommand(config, 'versions', {
    summary: 'List the last ten versions, and when the device acknowledged each',
    examples: ['mkiot device config versions pump-1'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action(async (text: string) => {
      await cli.withServer(async ({ api, names }) => {
        const versions = await api.devices.configVersions(names.device(text));
        await cli.output.list(versions, VERSION_COLUMNS, 'There is no version.');
      });
    });
}

function configLines({ version, cloudUpdateTime, deviceAckTime, binaryData }: DeviceConfig): readonly string[] {
  return fieldLines({
    Version: version,
    Set: cloudUpdateTime,
    Acknowledged: deviceAckTime ?? 'not yet',
    Config: printablePayload(binaryData) || '(empty)',
  });
}

const VERSION_COLUMNS = {
  version: ({ version }: DeviceConfig) => version,
  set: ({ cloudUpdateTime }: DeviceConfig) => cloudUpdateTime,
  acknowledged: ({ deviceAckTime }: DeviceConfig) => deviceAckTime ?? 'no',
  config: ({ binaryData }: DeviceConfig) => printablePayload(binaryData),
};
