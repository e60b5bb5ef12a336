import type { DeviceFields } from '@mkiot/core/api/clientDevices';
import { LOG_LEVELS, type LogLevel } from '@mkiot/core/api/resources';
import { type Command, Option } from 'commander';
import { keyValue, many } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { usageError } from '../../usageErrors.ts';
import { deviceLines } from './deviceLines.ts';

interface UpdateOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly removeMetadata?: readonly string[];
  readonly logLevel?: LogLevel;
}

export function addDeviceUpdate(devices: Command, cli: Cli): void {
  addCommand(devices, 'update', {
    summary: 'Change the metadata or log level of a device',
    details: 'What is not named stays as it is. Keys, config and blocking have commands of their own.',
    examples: [
      'mkiot device update pump-1 --metadata room=attic',
      'mkiot device update pump-1 --remove-metadata room --log-level DEBUG',
    ],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .option('--metadata <key=value>', 'set this note; many times', keyValue('--metadata'))
    .option('--remove-metadata <key>', 'remove this note; many times', many)
    .addOption(new Option('--log-level <level>', 'how much is logged about it').choices(Object.keys(LOG_LEVELS)))
    .action(async (text: string, options: UpdateOptions) => {
      const { metadata: added, removeMetadata: removed = [], logLevel } = options;
      const changesMetadata = added !== undefined || removed.length > 0;
      if (!changesMetadata && logLevel === undefined) throw usageError('NOTHING_TO_CHANGE');
      await cli.withServer(async ({ api, names }) => {
        const name = names.device(text);
        const fields: DeviceFields = {
          ...(logLevel && { logLevel }),
          ...(changesMetadata && { metadata: changed((await api.devices.get(name)).metadata, added ?? {}, removed) }),
        };
        const device = await api.devices.update(name, fields, Object.keys(fields));
        await cli.output.result(device, deviceLines(device));
      });
    });
}

type Metadata = Readonly<Record<string, string>>;

/** The API sets metadata as a whole, so a change starts from what is there. */
function changed(metadata: Metadata, added: Metadata, removed: readonly string[]): Metadata {
  return Object.fromEntries(Object.entries({ ...metadata, ...added }).filter(([key]) => !removed.includes(key)));
}
