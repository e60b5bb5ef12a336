import type { DeviceFields } from '@mkiot/core/api/clientDevices';
import type { GatewayAuthMethod } from '@mkiot/core/api/resources';
import { type Command, Option } from 'commander';
import { keyValue, many } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readDeviceKey } from './deviceKey.ts';
import { deviceLines } from './deviceLines.ts';

interface CreateOptions {
  readonly key?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly blocked?: boolean;
  readonly gateway?: keyof typeof GATEWAY_CHOICES;
}

/** What the API calls the choices of `--gateway`. */
const GATEWAY_CHOICES = {
  'association-only': 'ASSOCIATION_ONLY',
  'device-auth-token-only': 'DEVICE_AUTH_TOKEN_ONLY',
  'association-and-device-auth-token': 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN',
} as const satisfies Readonly<Record<string, GatewayAuthMethod>>;

export function addDeviceCreate(devices: Command, cli: Cli): void {
  addCommand(devices, 'create', {
    summary: 'Register a device',
    details:
      'A device logs in with its own private key; the server knows the public one only. Make a pair with\n\n' +
      '  $ openssl ecparam -name prime256v1 -genkey -noout -out secret.pem\n' +
      '  $ openssl ec -in secret.pem -pubout -out pump-1.pem',
    examples: [
      'mkiot device create pump-1 --key pump-1.pem',
      'mkiot device create pump-2 --key pump-2.pem --metadata room=cellar --blocked',
      'mkiot device create hub-1 --key hub-1.pem --gateway association-only',
    ],
  })
    .argument('<device>', 'its id, such as pump-1')
    .option('--key <file>', 'PEM file of a public key or certificate; up to three times', many)
    .option('--metadata <key=value>', 'a note for people and programs; many times', keyValue('--metadata'))
    .option('--blocked', 'register it, but let it connect only after "mkiot device unblock"')
    .addOption(
      new Option('--gateway <method>', 'make it a gateway, and say what lets a device go through it').choices(
        Object.keys(GATEWAY_CHOICES),
      ),
    )
    .action(async (text: string, options: CreateOptions) => {
      const credentials = await Promise.all((options.key ?? []).map((file) => readDeviceKey(file)));
      const { metadata, blocked, gateway } = options;
      const fields: DeviceFields = {
        credentials,
        ...(metadata && { metadata }),
        ...(blocked && { blocked }),
        ...(gateway && { gatewayConfig: { gatewayType: 'GATEWAY', gatewayAuthMethod: GATEWAY_CHOICES[gateway] } }),
      };
      await cli.withServer(async ({ api, names }) => {
        const name = names.device(text);
        const device = await api.devices.create(name, name.device, fields);
        await cli.output.result(device, deviceLines(device));
      });
    });
}
