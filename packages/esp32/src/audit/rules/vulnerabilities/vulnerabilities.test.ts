import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { IDF_VULNERABILITIES } from '../../vulnerabilities/idfVulnerabilities.ts';
import { parseIdfVersion } from '../../vulnerabilities/idfVersion.ts';
import { isFixed } from '../../vulnerabilities/isFixed.ts';
import { burned, ruleChecks, subjectOf, type SubjectParts } from '../subject.testing.ts';
import { cveByIdf } from './cveByIdf.ts';
import { cveByRev } from './cveByRev.ts';

const builtWith = (version: string) => ({ sdkconfig: `# (ESP-IDF) ${version} Project Configuration\nCONFIG_A=y` });

const checks = ruleChecks([
  {
    rule: cveByRev,
    sees: [
      ['an ESP32 of revision 1', { efuse: burned('esp32', '', 100) }],
      ['the ROM of an old ESP32', { log: 'ets Jun  8 2016 00:22:57' }],
      ['an ESP32 of revision 3.1', { efuse: burned('esp32', '', 301) }],
    ],
    passes: [['an S2, of which none is known', { efuse: burned('esp32s2', '') }]],
    notJudged: [['a log without a revision', { log: 'I (1) boot: up' }]],
  },
  {
    rule: cveByIdf,
    sees: [
      ['ESP-IDF 5.1.4', builtWith('5.1.4')],
      ['the bootloader of ESP-IDF 4.2.2 in a log', { log: 'I (746) boot: ESP-IDF v4.2.2 2nd stage bootloader' }],
    ],
    passes: [['a release after all of the table', builtWith('6.2.0')]],
    notJudged: [
      ['a bootloader built from a commit', { log: 'I (746) boot: ESP-IDF HEAD-HASH-NOTFOUND 2nd stage bootloader' }],
    ],
  },
]);

for (const { name, run } of checks) test(name, run);

const told = (rule: typeof cveByRev, parts: SubjectParts): string => {
  const judged = rule.check(subjectOf(parts));
  return 'notJudged' in judged ? '' : judged.map(({ text }) => text).join('\n');
};

test('each revision is told its own weaknesses', () => {
  const old = told(cveByRev, { efuse: burned('esp32', '', 100) });
  const newer = told(cveByRev, { efuse: burned('esp32', '', 300) });
  assert.match(old, /CVE-2019-17391/);
  assert.doesNotMatch(old, /CVE-2023-35818/);
  assert.match(newer, /CVE-2023-35818/);
  assert.doesNotMatch(newer, /CVE-2019-17391/);
  assert.doesNotMatch(told(cveByRev, { efuse: burned('esp32', '', 302) }), /CVE-2023-35818/);
});

test('a fix counts from its release on, branch by branch', () => {
  const row = IDF_VULNERABILITIES.find(({ id }) => id === 'CVE-2024-53845');
  assert.ok(row);
  for (const [version, expected] of [
    ['4.4.8', false],
    ['5.0.7', false],
    ['v5.0.8', true],
    ['5.1.5', false],
    ['5.3.2', true],
    ['5.4', true],
    ['6.0.1', true],
  ] as const) {
    assert.equal(isFixed(row, parseIdfVersion(version)!), expected, version);
  }
});

test('what concerns old silicon is not told of new', () => {
  const sdkconfig = builtWith('3.2.1').sdkconfig;
  assert.match(told(cveByIdf, { sdkconfig, efuse: burned('esp32', '', 100) }), /CVE-2019-15894/);
  assert.doesNotMatch(told(cveByIdf, { sdkconfig, efuse: burned('esp32', '', 300) }), /CVE-2019-15894/);
});

test('a recording of ESP-IDF 4.2.2 tells revision and version', async () => {
  const log = await readFile(new URL('../../vectors/bootlogs/enc-dev-second-boot.log', import.meta.url), 'latin1');
  assert.match(told(cveByRev, { log }), /CVE-2023-35818/);
  assert.match(told(cveByIdf, { log }), /AR2022-006.*4\.2\.2/);
});
