import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addBoardApp } from './app.ts';
import { addBoardBuild } from './build.ts';
import { addBoardRun } from './run.ts';

export function addBoard(program: Command, cli: Cli): void {
  const boards = addCommand(program, 'board', {
    summary: 'Virtual boards that measure, report and obey',
    examples: ['mkiot board run', 'mkiot board run tank --count 10'],
  });
  addBoardRun(boards, cli);
  addBoardApp(boards, cli);
  addBoardBuild(boards, cli);
}
