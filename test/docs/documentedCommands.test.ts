import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CliPorts } from '../../packages/cli/src/ports.ts';
import { buildProgram } from '../../packages/cli/src/program.ts';

type Command = ReturnType<typeof buildProgram>['program'];

const root = fileURLToPath(new URL('../../', import.meta.url));
// Only the names of commands and options are asked for; no command runs, so nothing of the machine is needed.
const { program } = buildProgram({} as CliPorts, {});

/** Command lines that a page shows: after `npx mkiot` or `$ mkiot`, or in backticks. */
function commandLinesIn(text: string): readonly string[] {
  const lines = [...text.matchAll(/^(?:npx |\$ )mkiot ([^#\n|]+)/gm), ...text.matchAll(/`mkiot ([^`]+)`/g)];
  return lines.map(([, line = '']) => line.trim());
}

/** What is wrong with a command line: a command or an option that does not exist. */
function problemOf(line: string): string | undefined {
  const words = line.split(/\s+/);
  let command: Command = program;
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) break;
    command = next;
  }
  command = withoutVerb(command) ?? command;
  if (command === program || command.commands.length > 0) return `"${line}" names no complete command`;
  const known = [...command.options, ...program.options].map((option) => option.long);
  const unknown = words.filter((word) => word.startsWith('--') && !known.includes(word.replace(/=.*/, '')));
  return unknown.length === 0 ? undefined : `"${line}" has the unknown option ${unknown.join(', ')}`;
}

/** What a group does without a verb, such as "provision"; commander tells it nobody. */
function withoutVerb(group: Command): Command | undefined {
  const name: unknown = Reflect.get(group, '_defaultCommandName');
  return group.commands.find((command) => command.name() === name);
}

for (const page of globSync(['*.md', 'docs/**/*.md'], { cwd: root })) {
  test(`every mkiot command that ${page} shows exists`, () => {
    const problems = commandLinesIn(readFileSync(join(root, page), 'utf8')).map(problemOf);
    assert.deepEqual(
      problems.filter((problem) => problem !== undefined),
      [],
    );
  });
}

test('a command or option that does not exist would be found', () => {
  assert.match(problemOf('device conifg set pump-1') ?? '', /complete command/);
  assert.match(problemOf('events pull --subscribtion x') ?? '', /--subscribtion/);
  assert.match(problemOf('provision --prot x') ?? '', /--prot/);
  assert.match(problemOf('events') ?? '', /complete command/);
  assert.equal(problemOf('events pull --subscription x'), undefined);
  assert.equal(problemOf('provision --port x'), undefined);
});
