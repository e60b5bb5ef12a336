// Looks through every tracked file for what must never be published: machine paths, package registries, private keys,
// promises left in the code. A line that holds such text on purpose says "test data" on it or on the line before.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface ForbiddenText {
  readonly what: string;
  readonly pattern: RegExp;
  /** Files that may hold it. */
  readonly allowedIn?: RegExp;
}

const FORBIDDEN: readonly ForbiddenText[] = [
  { what: "a path of somebody's machine", pattern: /(?<![\w.~-])\/(?:home|root|work|Users)\/\w|[A-Z]:\\Users\\/ },
  { what: 'a package registry', pattern: /https?:\/\/[^\s/"']*(?:npmjs|registry[.:-]|artifactory|nexus|verdaccio)/i },
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\r|\\n|\s)*[A-Za-z0-9+/]{16}|"d":\s*"[\w-]{40,}"/,
    allowedIn: /(?:^|\/)vectors\//,
  },
  {
    what: 'a promise left behind',
    pattern: /\b(?:TODO|FIXME|XXX)\b/,
    allowedIn: /^LICENSES\/|\/vectors\/|check-words\.ts$/,
  },
];

const MARK = 'test data';

const findings = trackedFiles().flatMap(findingsIn);
for (const finding of findings) console.error(finding);
process.exit(findings.length === 0 ? 0 : 1);

function trackedFiles(): readonly string[] {
  // A checkout that belongs to another user (a container's) is still ours to look through.
  const listing = execFileSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { encoding: 'utf8' });
  return listing.split('\0').filter((file) => file !== '');
}

function findingsIn(file: string): readonly string[] {
  const bytes = readFileSync(file);
  if (bytes.includes(0)) return [];
  const lines = bytes.toString('utf8').split('\n');
  return FORBIDDEN.filter(({ allowedIn }) => !allowedIn?.test(file)).flatMap(({ what, pattern }) =>
    lines.flatMap((line, index) => {
      const before = lines[index - 1] ?? '';
      // A PEM block has its first data on the line after the heading.
      const found =
        pattern.test(line) || (line.includes('PRIVATE KEY') && pattern.test(`${line}\n${lines[index + 1]}`));
      const marked = line.includes(MARK) || before.includes(MARK);
      return found && !marked ? [`${file}:${index + 1}: ${what}`] : [];
    }),
  );
}
