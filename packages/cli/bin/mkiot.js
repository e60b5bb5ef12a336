#!/usr/bin/env node
// Plain JavaScript on purpose: this file may be started by whatever Node the machine has (`npx mkiot`, an old shell),
// while only some runtimes run TypeScript as it is. It stays with the runtime it is on, or goes on in the chosen one.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complaint, runtimeFor } from './runtimes.js';

const main = join(dirname(fileURLToPath(import.meta.url)), '../src/main.ts');

// Who goes on in another runtime has chosen: the choice is not made again there.
const { MKIOT_RUNTIME: choice = '', ...environment } = process.env;
delete process.env.MKIOT_RUNTIME;

const runtime = runtimeFor(choice);
if (runtime.problem !== undefined) stop(runtime.problem, 2);
else if (runtime.binary === undefined) await here();
else goOnIn(runtime.binary);

async function here() {
  const problem = complaint(process.versions);
  if (problem === undefined) await import(main);
  else stop(problem, 2);
}

function goOnIn(binary) {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  // Where it can, this process becomes the other one: no second process, and signals and exit code are its own.
  try {
    process.execve?.(binary, [binary, ...args], environment);
  } catch (error) {
    stop(`mkiot could not start ${binary}: ${error.message}.`, 1);
  }
  const child = spawn(binary, args, { stdio: 'inherit', env: environment });
  // A terminal sends Ctrl-C to both; a service manager signals only us. The child decides how to end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    stop(`mkiot could not start ${binary}: ${error.message}. On Debian, Node needs "apt install libatomic1".`, 1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function stop(message, code) {
  console.error(message);
  process.exit(code);
}
