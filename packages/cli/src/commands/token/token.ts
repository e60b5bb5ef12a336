import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addTokenCreate } from './create.ts';
import { addTokenList } from './list.ts';
import { addTokenRevoke } from './revoke.ts';

export function addToken(program: Command, cli: Cli): void {
  const tokens = addCommand(program, 'token', {
    summary: 'API tokens for people and programs, each with one role',
    examples: ['mkiot token create --name "pump factory" --role provisioner', 'mkiot token list'],
  });
  addTokenCreate(tokens, cli);
  addTokenList(tokens, cli);
  addTokenRevoke(tokens, cli);
}
