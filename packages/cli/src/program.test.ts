import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from 'commander';
import { runCli } from './cli.testing.ts';
import type { CliPorts } from './ports.ts';
import { buildProgram } from './program.ts';

/** The words of every command and group, from the program itself: a new command is covered at once. */
function commandsOf(command: Command, words: readonly string[] = []): (readonly string[])[] {
  return command.commands.flatMap((child) => {
    const here = [...words, child.name()];
    return [here, ...commandsOf(child, here)];
  });
}

const noOutput = { isTerminal: false, columns: 80, write: async () => undefined };
const { program } = buildProgram({ output: noOutput, errorOutput: noOutput } as unknown as CliPorts, {});
const allCommands = commandsOf(program);

function find(words: readonly string[]): Command {
  return words.reduce<Command>((command, word) => command.commands.find((child) => child.name() === word)!, program);
}

test('the help of mkiot itself lists its commands', async () => {
  const { exitCode, stdout, stderr } = await runCli(['--help']);
  assert.deepEqual([exitCode, stderr], [0, '']);
  for (const command of program.commands) assert.ok(stdout.includes(command.summary().split(' ')[0]!), command.name());
});

for (const words of allCommands) {
  const name = words.join(' ');

  test(`"mkiot ${name} --help" explains it with an example and fits 80 columns`, async () => {
    const { exitCode, stdout, stderr } = await runCli([...words, '--help']);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^Usage: mkiot ${name} `));
    assert.match(stdout, new RegExp(`Examples:\\n( {2}\\$ .*mkiot (.* \\\\\\n {6})*.*\\n?)+$`));
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  test(`"mkiot ${name}" with an unknown option is wrong usage`, async () => {
    const { exitCode, stdout, stderr } = await runCli([...words, '--no-such-option']);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, /^mkiot: .*\[USAGE\]$/m);
  });

  if (find(words).commands.length > 0) {
    test(`"mkiot ${name}" without a verb, or with an unknown one, is wrong usage`, async () => {
      assert.equal((await runCli(words)).exitCode, 2);
      assert.equal((await runCli([...words, 'no-such-verb'])).exitCode, 2);
    });
  } else if (!find(words).registeredArguments.some((argument) => argument.variadic)) {
    test(`"mkiot ${name}" with one argument too many is wrong usage`, async () => {
      const given = find(words).registeredArguments.map(() => 'argument');
      const mandatory = find(words).options.filter((option) => option.mandatory);
      const options = mandatory.flatMap((option) => [option.long!, option.argChoices?.[0] ?? 'value']);
      const { exitCode, stderr } = await runCli([...words, ...options, ...given, 'too-much']);
      assert.equal(exitCode, 2, stderr);
    });
  }

  if (find(words).registeredArguments.some((argument) => argument.required)) {
    test(`"mkiot ${name}" without its argument is wrong usage`, async () => {
      const { exitCode, stderr } = await runCli(words);
      assert.equal(exitCode, 2);
      assert.match(stderr, /\[USAGE\]/);
    });
  }
}

test('an unknown command is wrong usage, and the right one is suggested', async () => {
  const { exitCode, stderr } = await runCli(['devise', 'list']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /unknown command 'devise'.*Did you mean device/s);
});
