import type { DeviceCredential } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import { durationSeconds } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { usageError } from '../../usageErrors.ts';
import { keyFingerprint, readDeviceKey } from './deviceKey.ts';
import { rotatedKeys } from './rotatedKeys.ts';

/** The keys of a device. The API sets them as a whole, so a change starts from what is there. */
export function addDeviceKeys(devices: Command, cli: Cli): void {
  const keys = addCommand(devices, 'keys', {
    summary: 'The public keys a device may log in with, at most three',
    examples: ['mkiot device keys list pump-1', 'mkiot device keys add pump-1 pump-1-new.pem'],
  });
  addKeysAdd(keys, cli);
  addKeysList(keys, cli);
  addKeysRemove(keys, cli);
  addKeysRotate(keys, cli);
}

function addKeysAdd(keys: Command, cli: Cli): void {
  addCommand(keys, 'add', {
    summary: 'Add a public key or certificate',
    details: 'To rotate a key, add the new one, let the device change over, then remove the old one.',
    examples: ['mkiot device keys add pump-1 new.pem', 'mkiot device keys add pump-1 new.pem --expires-in 90d'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .argument('<file>', 'PEM file of the public key or certificate')
    .option('--expires-in <duration>', 'after this time it is no longer accepted', durationSeconds('--expires-in'))
    .action(async (text: string, file: string, options: { readonly expiresIn?: number }) => {
      const { expiresIn } = options;
      const expires = expiresIn && new Date(cli.ports.clock.now() + expiresIn * 1_000).toISOString();
      const added = await readDeviceKey(file, expires || undefined);
      await changeKeys(cli, text, (credentials) => [...credentials, added]);
    });
}

function addKeysList(keys: Command, cli: Cli): void {
  addCommand(keys, 'list', {
    summary: 'List the keys of a device',
    examples: ['mkiot device keys list pump-1'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action(async (text: string) => {
      await cli.withServer(async ({ api, names }) => {
        const { credentials } = await api.devices.get(names.device(text));
        await showKeys(cli, credentials);
      });
    });
}

function addKeysRemove(keys: Command, cli: Cli): void {
  addCommand(keys, 'remove', {
    summary: 'Remove a key; a connection made with it is cut',
    examples: ['mkiot device keys remove pump-1 9f86d081'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .argument('<fingerprint>', 'the first 8 or more digits of its fingerprint')
    .action(async (text: string, fingerprint: string) => {
      await changeKeys(cli, text, (credentials) => {
        const named = credentials.filter((credential) => keyFingerprint(credential).startsWith(fingerprint));
        if (named.length === 1 && fingerprint.length >= 8) return credentials.filter((each) => each !== named[0]);
        throw usageError('KEY_NOT_NAMED', { fingerprint });
      });
    });
}

function addKeysRotate(keys: Command, cli: Cli): void {
  addCommand(keys, 'rotate', {
    summary: 'End the key in use, so that the device goes on with its next one',
    details:
      'For devices that were made with several keys. The first live key gets an end, after --grace; a connection made ' +
      'with it is cut then, and the device comes back with the next. Keys whose end has come are taken out.',
    examples: ['mkiot device keys rotate pump-1', 'mkiot device keys rotate pump-1 --grace 7d'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .option('--grace <duration>', 'the old key works for this long: 15m, 7d', durationSeconds('--grace'), 0)
    .action(async (text: string, { grace }: { readonly grace: number }) => {
      const nowMs = cli.ports.clock.now();
      await changeKeys(cli, text, (credentials) => rotatedKeys(credentials, nowMs, grace * 1_000));
    });
}

type Change = (credentials: readonly DeviceCredential[]) => readonly DeviceCredential[];

function changeKeys(cli: Cli, text: string, change: Change): Promise<void> {
  return cli.withServer(async ({ api, names }) => {
    const name = names.device(text);
    const credentials = change((await api.devices.get(name)).credentials);
    await showKeys(cli, (await api.devices.update(name, { credentials }, ['credentials'])).credentials);
  });
}

function showKeys(cli: Cli, credentials: readonly DeviceCredential[]): Promise<void> {
  const columns = {
    fingerprint: (credential: DeviceCredential) => keyFingerprint(credential).slice(0, 16),
    format: ({ publicKey }: DeviceCredential) => publicKey.format,
    expires: ({ expirationTime }: DeviceCredential) => expirationTime ?? 'never',
  };
  return cli.output.list(credentials, columns, 'The device has no key, so it cannot connect.');
}
