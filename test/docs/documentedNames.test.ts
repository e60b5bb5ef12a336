import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md', 'LICENSES/*.md', '.changeset/README.md'], { cwd: root });

/** Relative link targets of a page: `[text](target#part)`. */
function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
}

/** Files of the repository that a page names in backticks: `packages/core/…/file.ts`, `test/…`, `tools/…`. */
function filesNamedIn(text: string): readonly string[] {
  return [...text.matchAll(/`((?:packages|test|tools|docs)\/[\w./-]+)`/g)].map(([, file = '']) => file);
}

for (const page of pages) {
  test(`every link and file that ${page} names exists`, () => {
    const text = readFileSync(join(root, page), 'utf8');
    const named = [
      ...linksIn(text).map((link) => join(dirname(page), link)),
      ...filesNamedIn(text).map((file) => file.replace(/\/$/, '')),
    ];
    assert.deepEqual(
      named.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
}
