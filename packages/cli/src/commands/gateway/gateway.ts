import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addGatewayBind } from './bind.ts';
import { addGatewayDevices } from './devices.ts';
import { addGatewayList } from './list.ts';
import { addGatewayUnbind } from './unbind.ts';

export function addGateway(program: Command, cli: Cli): void {
  const gateways = addCommand(program, 'gateway', {
    summary: 'Gateways: devices through which others are reached',
    details: '"mkiot device create hub-1 --key hub-1.pem --gateway association-only" makes one.',
    examples: ['mkiot gateway bind hub-1 pump-1', 'mkiot gateway devices hub-1'],
  });
  addGatewayList(gateways, cli);
  addGatewayBind(gateways, cli);
  addGatewayUnbind(gateways, cli);
  addGatewayDevices(gateways, cli);
}
