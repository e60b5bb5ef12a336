import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addDeviceBlock, addDeviceUnblock } from './block.ts';
import { addDeviceCommand } from './command.ts';
import { addDeviceConfig } from './config.ts';
import { addDeviceCreate } from './create.ts';
import { addDeviceDelete } from './delete.ts';
import { addDeviceFailedLogins } from './failedLogins.ts';
import { addDeviceGet } from './get.ts';
import { addDeviceKeys } from './keys.ts';
import { addDeviceList } from './list.ts';
import { addDeviceSession } from './session.ts';
import { addDeviceState } from './state.ts';
import { addDeviceUpdate } from './update.ts';

export function addDevice(program: Command, cli: Cli): void {
  const devices = addCommand(program, 'device', {
    summary: 'Devices: register, configure, command, block',
    details: 'A short name such as pump-1 means a device of the default registry, or of the one after --registry.',
    examples: ['mkiot device create pump-1 --key pump-1.pem', 'mkiot device list', 'mkiot device command pump-1 ping'],
  });
  addDeviceCreate(devices, cli);
  addDeviceList(devices, cli);
  addDeviceGet(devices, cli);
  addDeviceUpdate(devices, cli);
  addDeviceDelete(devices, cli);
  addDeviceBlock(devices, cli);
  addDeviceUnblock(devices, cli);
  addDeviceKeys(devices, cli);
  addDeviceConfig(devices, cli);
  addDeviceState(devices, cli);
  addDeviceCommand(devices, cli);
  addDeviceFailedLogins(devices, cli);
  addDeviceSession(devices, cli);
}
