import { utf8Encode } from '@mkiot/core/bytes/bytes';
import Ajv2020 from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Log } from 'sarif';
import type { Baseline } from '../baseline/baseline.ts';
import type { InputFile } from '../inputs/auditInput.ts';
import { readFiles } from '../inputs/inputs.testing.ts';
import { testRule } from '../rule.testing.ts';
import type { Rule } from '../rule.ts';
import type { AuditReport } from './auditReport.ts';
import { buildReport } from './buildReport.ts';
import { htmlReport } from './html/htmlReport.ts';
import { sarifReport } from './sarifReport.ts';
import { textReport } from './textReport.ts';

const file = async (path: string, name: string): Promise<InputFile> => ({
  name,
  bytes: new Uint8Array(await readFile(new URL(path, import.meta.url))),
});
const flash = await file('../flash/vectors/open-arduino-board.bin.gz', 'my dumps/flash.bin');
const efuse = await file('../vectors/open-arduino-board/efuse.joint.bin', 'efuse.bin');
const EVIL = '<script>alert("1")</script>\u001b[2J\u202e';

const inFlash = testRule({
  id: 'key-found',
  severity: 'critical',
  check: ({ flash }) => [
    {
      source: flash?.source ?? '',
      text: `a key ${EVIL}`,
      offset: 0x290000,
      length: 227,
      partition: 'eeprom',
      confidence: 'proven',
    },
    {
      source: flash?.source ?? '',
      text: 'another',
      offset: 0x9100,
      nvsKey: 'wifi/pswd',
      isLeftover: true,
      severity: 'low',
    },
  ],
});
const RULES: readonly Rule[] = [
  testRule({
    id: 'setting-wrong',
    severity: 'medium',
    check: () => [{ source: 'sdkconfig', text: 'x', line: 7, field: 'X' }],
  }),
  inFlash,
  testRule({ id: 'unknowable', check: () => ({ notJudged: 'Nobody knows.' }) }),
];
const NOW = Date.parse('2026-11-23T10:00:00Z');

async function reportOf(
  files: readonly InputFile[],
  rules: readonly Rule[] = RULES,
  baseline?: Baseline,
  before?: InputFile,
): Promise<AuditReport> {
  const device = await readFiles(files, { before });
  return buildReport([device], { rules, baseline, nowMs: NOW, tool: '1.2.3', onRuleFailure: () => undefined });
}
const acceptance = (report: AuditReport, given: object = {}): Baseline => {
  const { ruleId: rule, evidence } =
    report.devices[0]?.findings.find(({ ruleId }) => ruleId === 'setting-wrong') ?? assert.fail();
  const entry = { rule, evidence: evidence[0].fingerprint, reason: 'a lab board', until: '2027-01-31', ...given };
  return { source: 'baseline.json', accepted: [entry] };
};
const whole = await reportOf([flash, efuse]);
const accepted = await reportOf([flash, efuse], RULES, acceptance(whole), flash);

test('a grade is that of the worst finding, and good ones take eFuses and a dump of the whole flash', async () => {
  const gradeWith = async (severity: Rule['severity'], files = [flash, efuse]) => {
    const { devices, grade } = await reportOf(files, [testRule({ severity })]);
    assert.equal(devices[0]?.grade, grade);
    return grade;
  };
  for (const [severity, grade] of [
    ['critical', 'F'],
    ['high', 'D'],
    ['medium', 'C'],
    ['low', 'B'],
    ['info', 'A'],
  ] as const) {
    assert.equal(await gradeWith(severity), grade);
    const isBad = grade === 'F' || grade === 'D';
    assert.equal(await gradeWith(severity, [efuse]), isBad ? grade : '?');
    assert.equal(await gradeWith(severity, [flash]), isBad ? grade : '?');
  }
  const broken = testRule({ check: () => assert.fail() });
  assert.equal((await reportOf([flash, efuse], [broken])).grade, '?');
  const cut = { ...flash, name: 'cut.bin', bytes: new Uint8Array(0x20000).fill(0xff) };
  const { grade, devices } = await reportOf([cut, efuse], []);
  assert.equal(grade, '?');
  assert.equal(devices[0]?.problems[0]?.code, 'AUDIT_FLASH_BLANK');
});

test('secrets that lie open are to be seen to first, then the rest of what is as bad; information asks for nothing', async () => {
  const rules = [
    testRule({ id: 'fuse', severity: 'critical', mend: ['Burn it.'] }),
    testRule({ id: 'note', severity: 'info', mend: ['Know it.'] }),
    testRule({
      id: 'key',
      severity: 'critical',
      mend: ['Take it as lost.'],
      check: () => [{ source: 'x', text: 'a key', confidence: 'proven' }],
    }),
    testRule({ id: 'same', severity: 'low', mend: ['Burn it.', 'And more.'] }),
  ];
  const [device] = (await reportOf([efuse], rules)).devices;
  assert.deepEqual(
    device?.doFirst.map(({ ruleId, step }) => [ruleId, step]),
    [
      ['key', 'Take it as lost.'],
      ['fuse', 'Burn it.'],
    ],
  );
});

test('what is accepted no longer counts for the grade; expired and unused entries are named', async () => {
  const rules = RULES.slice(0, 1);
  const open = await reportOf([flash, efuse], rules);
  assert.equal(open.grade, 'C');
  const closed = await reportOf([flash, efuse], rules, acceptance(open));
  assert.equal(closed.grade, 'A');
  assert.equal(closed.devices[0]?.accepted[0]?.reason, 'a lab board');
  assert.deepEqual([closed.baseline?.expired, closed.baseline?.unused], [[], []]);
  const expired = await reportOf([flash, efuse], rules, acceptance(open, { until: '2026-11-22' }));
  assert.equal(expired.grade, 'C');
  assert.equal(expired.baseline?.expired.length, 1);
  const unused = await reportOf([flash, efuse], rules, acceptance(open, { evidence: '0'.repeat(16) }));
  assert.equal(unused.baseline?.unused.length, 1);
});

test('the map of flash shows what is encrypted, in clear or not coverable, and where findings are', () => {
  const { regions = [], size } = whole.devices[0]?.flash ?? {};
  assert.equal(size, 0x400000);
  assert.deepEqual(
    regions.map(({ name, state }) => `${name}: ${state}`),
    [
      'unassigned: erased',
      'bootloader: plain',
      'partition table: plain',
      'nvs: unencryptable',
      'otadata: plain',
      'app0: plain',
      'app1: erased',
      'eeprom: plain',
      'spiffs: erased',
    ],
  );
  for (const { offset, size, runs } of regions) {
    assert.equal(runs[0]?.offset, offset);
    assert.equal(
      runs.reduce((sum, run) => sum + run.size, 0),
      size,
    );
  }
  const marked = regions.filter(({ marks }) => marks.length > 0).map(({ name, marks }) => [name, marks[0]?.ruleId]);
  assert.deepEqual(marked, [
    ['nvs', 'key-found'],
    ['eeprom', 'key-found'],
  ]);
});

test('evidence in one of several partition files has the name of that file and the offset in it', async () => {
  const nvs = await file('../../nvs/vectors/plain-basic.bin', 'nvs.bin');
  const app = await file('../../secureBoot/vectors/app-esp32.bin', 'app.bin');
  const rule = testRule({
    severity: 'low',
    check: ({ flash }) => [
      { source: flash?.source ?? '', text: 'x', offset: (flash?.value.regions[1]?.offset ?? 0) + 5 },
    ],
  });
  const [device] = (await reportOf([nvs, app], [rule])).devices;
  assert.deepEqual([device?.findings[0]?.evidence[0].source, device?.findings[0]?.evidence[0].offset], ['app.bin', 5]);
  assert.equal(device?.flash, undefined);
  assert.match(device?.ungraded ?? 'graded', /not everything|eFuses/);
});

test('the JSON is as docs/audit-report.schema.json says', async () => {
  const schema: unknown = JSON.parse(
    await readFile(new URL('../../../../../docs/audit-report.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020.Ajv2020({ strict: true }).compile(schema as object);
  for (const report of [whole, accepted, await reportOf([efuse], [])]) {
    assert.ok(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors));
  }
  assert.ok(!validate({ ...whole, grade: 'E' }));
});

test('the SARIF log is valid, and has a result for each place and for what was not judged', async () => {
  const schema: unknown = JSON.parse(await readFile(new URL('vectors/sarif-2.1.0.json', import.meta.url), 'utf8'));
  const validate = new Ajv2020.Ajv2020({ strict: false, validateFormats: false }).compile(schema as object);
  const log = sarifReport(accepted, RULES) as unknown as Log;
  assert.ok(validate(log), JSON.stringify(validate.errors));
  const results = log.runs[0]?.results ?? [];
  assert.deepEqual(
    results.map(({ ruleId, ruleIndex, kind, level, suppressions = [] }) => [
      ruleId,
      ruleIndex,
      kind,
      level,
      suppressions.length,
    ]),
    [
      ['key-found', 1, 'fail', 'error', 0],
      ['key-found', 1, 'fail', 'note', 0],
      ['setting-wrong', 0, 'fail', 'warning', 1],
      ['unknowable', 2, 'open', 'none', 0],
    ],
  );
  const location = results[0]?.locations?.[0];
  assert.equal(location?.physicalLocation?.artifactLocation?.uri, 'my%20dumps/flash.bin');
  assert.deepEqual(location?.physicalLocation?.region, { byteOffset: 0x290000, byteLength: 227 });
  assert.deepEqual(location?.logicalLocations, [{ name: 'eeprom', kind: 'partition' }]);
  assert.equal(results[0]?.partialFingerprints?.['mkiotEvidence/v1']?.length, 16);
});

test('the text names what, where, and what to do, in lines no wider than the terminal', () => {
  const lines = textReport(accepted, 80);
  const text = lines.join('\n');
  for (const part of [
    'Grade F',
    'Do first',
    'CRITICAL',
    'proven',
    '0x290000',
    'wifi/pswd',
    'a leftover',
    'a lab board',
    'Nobody knows',
    'line 7',
  ]) {
    assert.ok(text.includes(part), part);
  }
  for (const line of lines) assert.ok(line.length <= 80 || line.includes('cannot be encrypted'), line);
});

test('the page needs nothing else, and nothing that a device wrote acts in it', () => {
  const page = htmlReport(accepted);
  assert.ok(!/<script|<link|<img|<iframe|<object|\son\w+=|url\((?!#)|@import|javascript:/i.test(page));
  assert.ok(page.includes('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\\u001b[2J\\u202e'));
  for (const [, address = ''] of page.matchAll(/(?:href|src)="([^"]*)"/g)) assert.match(address, /^(?:#|https:\/\/)/);
  const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, id = ''] of page.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(id));
});

test('the page shows a dump of before beside the one of now', () => {
  const page = htmlReport(accepted);
  for (const part of ['Before: my dumps/flash.bin', 'After: my dumps/flash.bin', 'Bootloader before']) {
    assert.ok(page.includes(part), part);
  }
  assert.ok(!htmlReport(whole).includes('Before'));
});

test('a link of a rule that is none of the web leads nowhere', async () => {
  const rule = testRule({ references: [{ title: 'x', url: 'javascript:alert(1)' }] });
  assert.ok(!htmlReport(await reportOf([efuse], [rule])).includes('javascript:'));
});

test('the same inputs make the same report', async () => {
  assert.deepEqual(await reportOf([flash, efuse]), whole);
  assert.deepEqual(utf8Encode(htmlReport(await reportOf([flash, efuse]))), utf8Encode(htmlReport(whole)));
});
