import { CHIPS } from '../../chips/chips.ts';
import { SEVERITIES } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { PART_WORDS } from '../subject.ts';

const INTRODUCTION = `<!-- Made by tools/audit-rules-docs.ts from packages/esp32/src/audit/rules.ts: do not edit. -->

# The rules of mkiot audit

What an audit looks for, what it means, and how it is mended. How to audit a device is told in [audit.md](audit.md). The severity is the
worst that a rule reports. A rule is not judged, and the report says so, unless one of the inputs that it reads is there.
`;

/** The page on all rules, docs/audit-rules.md. */
export function rulesMarkdown(rules: readonly Rule[]): string {
  const rows = SEVERITIES.toReversed().flatMap((severity) =>
    rules
      .filter((rule) => rule.severity === severity)
      .map(({ id, title }) => `| ${severity} | [${id}](#${id}) | ${cell(title)} |`),
  );
  const table = ['| severity | rule | what is wrong |', '| --- | --- | --- |', ...rows].join('\n');
  return [INTRODUCTION, `${table}\n`, ...rules.map(ruleMarkdown)].join('\n');
}

function ruleMarkdown(rule: Rule): string {
  const { id, title, severity, meaning, mend, references, needs, versions } = rule;
  const facts = [
    `Severity: ${severity}`,
    needs.length === 0 ? 'reads every input' : `reads ${needs.map((part) => PART_WORDS[part]).join(' or ')}`,
    ...(rule.chips === undefined ? [] : [`for ${rule.chips.map((name) => CHIPS[name].label).join(', ')}`]),
    ...(versions === undefined ? [] : [versions]),
  ];
  return [
    `## ${id}`,
    `**${text(title)}.** ${text(meaning)}`,
    `${text(facts.join('; '))}.`,
    mend.map((step, index) => `${index + 1}. ${text(step)}`).join('\n'),
    references.map(({ title, url }) => `- [${text(title)}](${url})`).join('\n'),
  ]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

/** Names of eFuses and settings are no emphasis, and nothing in a text is markup. */
function text(words: string): string {
  return words.replaceAll(/[\\`*_<>[\]|]/g, String.raw`\$&`);
}

function cell(words: string): string {
  return text(words).replaceAll('\n', ' ');
}
