// `npm test`: runs every test; see `usage`. Nothing is installed on this machine unless it is asked for.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BUN_MISSING, BUN_PARTS, bunForTests, runsOnBun } from './bunTests.ts';
import {
  installCommands,
  isInstalled,
  TEST_PROGRAM_NAMES,
  TEST_PROGRAMS,
  type TestProgramName,
} from './testPrograms.ts';

const usage = `npm test -- [--runtime bun] [--install] [--name PATTERN] [PART-OF-A-PATH…]

  PART-OF-A-PATH  run only the test files whose path contains one of these
  --name PATTERN  run only the tests whose name matches this regular expression
  --runtime bun   run them on Bun (docs/bun.md); without a PART-OF-A-PATH those of what runs on it: platform and codecs
  --install       install the programs that some tests want (Debian, as root); CI=true does so too.
                  Without it those tests are skipped by name; with it a missing program fails them.`;

const TIMEOUT_MS = 300_000;
const concurrency = Math.max(2, availableParallelism());

const { values, positionals } = parseArguments();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
if (!['node', 'bun'].includes(values.runtime)) fail(usage);
const mustHaveAll = values.install || process.env['CI'] === 'true';

if (mustHaveAll) installMissing();
const missing = missingPrograms();
reportMissing(missing);

const onBun = values.runtime === 'bun';
const parts = onBun && positionals.length === 0 ? BUN_PARTS : positionals;
const files = globSync(
  [
    'packages/*/src/**/*.test.ts',
    'apps/*/src/**/*.test.ts',
    'examples/**/*.test.ts',
    'bench/**/*.test.ts',
    'test/**/*.test.ts',
  ],
  {
    exclude: ['**/node_modules/**'],
  },
)
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .filter((file) => !onBun || runsOnBun(file))
  .toSorted();
if (files.length === 0) fail(`No test file has ${positionals.join(' or ')} in its path.`);

const have = mustHaveAll ? TEST_PROGRAM_NAMES : TEST_PROGRAM_NAMES.filter((name) => !missing.includes(name));
const [program, args] = onBun
  ? [bunForTests(mustHaveAll) ?? fail(BUN_MISSING), bunArgs()]
  : [process.execPath, nodeArgs()];
const run = spawnSync(program, args, {
  stdio: 'inherit',
  env: { ...process.env, MKIOT_TEST_HAVE: have.join(',') },
});
process.exit(run.status ?? 1);

function nodeArgs(): string[] {
  const name = values.name === undefined ? [] : [`--test-name-pattern=${values.name}`];
  return ['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${TIMEOUT_MS}`, ...name, ...files];
}

function bunArgs(): string[] {
  const name = values.name === undefined ? [] : ['--test-name-pattern', values.name];
  const paths = files.map((file) => `./${file}`);
  return ['test', `--parallel=${concurrency}`, `--timeout=${TIMEOUT_MS}`, ...name, ...paths];
}

function parseArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        install: { type: 'boolean', default: false },
        name: { type: 'string' },
        runtime: { type: 'string', default: 'node' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${usage}`);
  }
}

function missingPrograms(): readonly TestProgramName[] {
  return TEST_PROGRAM_NAMES.filter((name) => !isInstalled(name));
}

/** A command that fails is not the end: what is still missing afterwards fails the tests that want it, by name. */
function installMissing(): void {
  for (const [command = '', ...args] of installCommands(missingPrograms())) {
    console.log(`$ ${[command, ...args].join(' ')}`);
    spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
}

function reportMissing(names: readonly TestProgramName[]): void {
  for (const name of names) {
    const fate = mustHaveAll ? 'could not be installed; the tests that want it will fail' : 'skipped';
    console.log(`Missing: ${name}, for ${TEST_PROGRAMS[name].for}: ${fate}.`);
  }
  if (names.length > 0 && !mustHaveAll) {
    const commands = installCommands(names).map((command) => `  ${command.join(' ')}`);
    console.log(
      `To run those tests too: npm test -- --install (Debian, as root), or by hand:\n${commands.join('\n')}\n`,
    );
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
