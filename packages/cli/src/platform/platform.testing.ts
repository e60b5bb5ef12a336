import { loadSettings } from '@mkiot/server/settings/loadSettings';
import { createLogger } from '@mkiot/server/runtime/logger';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, type TestPorts, type TestResult } from '../cli.testing.ts';
import { servePlatform, type ServedPlatform } from './servePlatform.ts';

/** A real platform in a folder of its own, and the command line beside it. */
export interface TestPlatform extends AsyncDisposable {
  readonly platform: ServedPlatform;
  readonly dataFolder: string;
  /** A folder beside the data folder. */
  readonly outside: string;
  /** What the operator's log says. */
  readonly logLines: readonly string[];
  /** `https://localhost:PORT` */
  readonly url: string;
  /** Runs a command on the machine of the platform. */
  mkiot(...commandLine: readonly string[]): Promise<TestResult>;
  /** Runs a command elsewhere: with a home folder of its own and no data folder. */
  elsewhere(commandLine: readonly string[], ports?: TestPorts): Promise<TestResult>;
}

export async function startTestPlatform(): Promise<TestPlatform> {
  await using opened = new AsyncDisposableStack();
  const outside = opened.use(await mkdtempDisposable(join(tmpdir(), 'mkiot-cli-'))).path;
  const dataFolder = join(outside, 'data');
  const settings = await loadSettings({
    flags: { dataFolder, 'mqtt.port': '0', 'https.port': '0', 'loopback.port': '0' },
    homeFolder: outside,
  });
  const logLines: string[] = [];
  const logger = createLogger({ level: 'debug', format: 'json' }, systemClock, {
    write: (line) => logLines.push(line),
  });
  const platform = opened.use(await servePlatform(settings, { clock: systemClock, random: randomFill }, logger));
  const running = opened.move();
  const home = join(outside, 'home');
  return {
    platform,
    dataFolder,
    outside,
    logLines,
    url: `https://localhost:${platform.ports.https}`,
    mkiot: (...commandLine) => runCli([...commandLine, '--data', dataFolder], { homeFolder: home }),
    elsewhere: (commandLine, ports = {}) => runCli(commandLine, { homeFolder: home, ...ports }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The JSON that a command with `--json` has printed. */
export function json({ exitCode, stdout, stderr }: TestResult): unknown {
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`);
  return JSON.parse(stdout);
}
