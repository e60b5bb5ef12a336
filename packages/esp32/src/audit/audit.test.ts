import { MkiotError } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHIPS } from '../chips/chips.ts';
import { audit } from './audit.ts';
import { NOTHING, testRule } from './rule.testing.ts';
import type { Rule } from './rule.ts';
import type { AuditSubject } from './subject.ts';

const bootLog = { source: 'boot.log', value: { lines: [] } };
const auditOf = (rules: readonly Rule[], subject: AuditSubject = NOTHING) => audit(subject, rules, () => undefined);

test('findings come worst first, and within a severity in the order of the rules', () => {
  const rules = (['low', 'high', 'critical', 'high'] as const).map((severity, index) =>
    testRule({ id: `rule-${index}`, severity }),
  );
  const { findings } = auditOf(rules);
  assert.deepEqual(
    findings.map(({ ruleId }) => ruleId),
    ['rule-2', 'rule-1', 'rule-3', 'rule-0'],
  );
});

test('all places of one severity and confidence are one finding', () => {
  const check = () => [
    { source: 'a', text: 'one' },
    { source: 'b', text: 'two', severity: 'low' as const },
    { source: 'c', text: 'three' },
  ];
  const { findings } = auditOf([testRule({ check })]);
  assert.deepEqual(findings, [
    {
      ruleId: 'door-open',
      severity: 'high',
      evidence: [
        { source: 'a', text: 'one' },
        { source: 'c', text: 'three' },
      ],
    },
    { ruleId: 'door-open', severity: 'low', evidence: [{ source: 'b', text: 'two' }] },
  ]);
});

test('what is only suspected is never worse than medium', () => {
  const suspect = (severity: Rule['severity']) =>
    auditOf([testRule({ severity, check: () => [{ source: 'a', text: 'b', confidence: 'suspected' }] })]).findings[0];
  assert.equal(suspect('critical')?.severity, 'medium');
  assert.equal(suspect('low')?.severity, 'low');
});

test('a rule that finds nothing is judged, one that cannot tell is not, with its reason', () => {
  assert.deepEqual(auditOf([testRule({ check: () => [] })]), { findings: [], notJudged: [] });
  const { findings, notJudged } = auditOf([testRule({ check: () => ({ notJudged: 'The log begins too late.' }) })]);
  assert.deepEqual(findings, []);
  assert.deepEqual(notJudged, [{ ruleId: 'door-open', code: 'CANNOT_TELL', reason: 'The log begins too late.' }]);
});

test('a rule is judged with any one of the inputs that it needs, and never looked at without', () => {
  const needing = testRule({ needs: ['efuse', 'bootLog'] });
  const without = auditOf([needing]);
  assert.equal(without.findings.length, 0);
  assert.deepEqual(without.notJudged, [
    { ruleId: 'door-open', code: 'INPUT_MISSING', reason: 'It takes eFuses or a boot log.' },
  ]);
  assert.equal(auditOf([needing], { ...NOTHING, bootLog }).findings.length, 1);
});

test('a rule of other chips is left out; where no input tells the chip, it is not judged', () => {
  const rule = testRule({ chips: ['esp32s3'] });
  assert.deepEqual(auditOf([rule], { ...NOTHING, chip: CHIPS.esp32 }), { findings: [], notJudged: [] });
  assert.equal(auditOf([rule], { ...NOTHING, chip: CHIPS.esp32s3 }).findings.length, 1);
  assert.equal(auditOf([rule]).notJudged[0]?.code, 'CHIP_UNKNOWN');
});

test('a rule that breaks is not judged, quotes nothing of the input, and stops no other rule', () => {
  const secret = 'the key is 4711';
  const told: unknown[] = [];
  const error = new MkiotError('DOOR_STUCK', { status: 'INTERNAL', blame: 'us', message: secret });
  const broken = (id: string, thrown: unknown) =>
    testRule({
      id,
      check: () => {
        throw thrown;
      },
    });
  const rules = [broken('one', error), broken('two', new TypeError(secret)), broken('three', secret), testRule({})];
  const { findings, notJudged } = audit(NOTHING, rules, (ruleId, thrown) => told.push([ruleId, thrown]));
  assert.equal(findings.length, 1);
  assert.deepEqual(
    notJudged.map(({ code }) => code),
    ['RULE_FAILED', 'RULE_FAILED', 'RULE_FAILED'],
  );
  assert.match(notJudged[0]?.reason ?? '', /DOOR_STUCK/);
  assert.ok(!JSON.stringify(notJudged).includes('4711'));
  assert.deepEqual(told[0], ['one', error]);
  assert.equal(told.length, 3);
});
