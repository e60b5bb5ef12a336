import { toHexOffset } from '../../bytes/hexOffset.ts';
import type { AuditReport, BaselineReport, DeviceReport, FlashMap, ReportedFinding } from './auditReport.ts';
import { evidencePlace } from './evidencePlace.ts';
import { GRADE_MEANINGS, STATE_WORDS } from './reportWords.ts';
import { severityCounts } from './severityCounts.ts';
import { wrapText } from './wrapText.ts';

/** An audit as lines for a terminal. What devices wrote stands in them as it is: whoever prints them escapes it. */
export function textReport(report: AuditReport, columns: number): readonly string[] {
  const devices = report.devices.flatMap((device) => [...deviceLines(device, columns), '']);
  const baseline = report.baseline === undefined ? [] : baselineLines(report.baseline, columns);
  const count = report.devices.length;
  const whole = count > 1 ? [`${count} devices, grade ${report.grade} for the worst of them.`] : [];
  return [...devices, ...baseline, ...whole];
}

function deviceLines(device: DeviceReport, columns: number): readonly string[] {
  const { name, chip = 'unknown chip', mac, grade, ungraded, problems, doFirst, findings } = device;
  const wrapped = (first: string, text: string) => wrapText(first, text, columns);
  return [
    ...wrapped('', `${name}: ${chip}${mac === undefined ? '' : `, MAC ${mac}`}`),
    ...wrapped('', `Grade ${grade}: ${ungraded ?? GRADE_MEANINGS[grade]}. ${countsOf(device)}.`),
    ...problems.flatMap(({ code, message }) => ['', ...wrapped('PROBLEM  ', `${message} [${code}]`)]),
    ...section('Do first:', doFirst.entries().toArray(), ([index, { step, ruleId }]) =>
      wrapped(`  ${index + 1}. `, `${step} (${ruleId})`),
    ),
    ...findings.flatMap((finding) => ['', ...findingLines(finding, columns)]),
    ...(device.flash === undefined ? [] : ['', ...mapLines(device.flash, device.flashBefore)]),
    ...section('Accepted, so not counted:', device.accepted, (finding) => {
      const { severity, title, evidence, reason, until } = finding;
      return wrapped('  - ', `${title} (${severity}), ${evidencePlace(evidence)}: ${reason}; until ${until}`);
    }),
    ...section('Not judged, which does not mean that all is well:', device.notJudged, ({ title, ruleId, reason }) =>
      wrapped('  - ', `${title} [${ruleId}]: ${reason}`),
    ),
    ...section('Left out:', device.leftOut, ({ source, reason }) => wrapped('  - ', `${source}: ${reason}`)),
  ];
}

function section<Item>(
  heading: string,
  items: readonly Item[],
  lines: (item: Item) => readonly string[],
): readonly string[] {
  return items.length === 0 ? [] : ['', heading, ...items.flatMap(lines)];
}

/** "1 critical, 2 low; 1 accepted, 3 not judged". */
export function countsOf({ findings, accepted, notJudged }: DeviceReport): string {
  const found = severityCounts(findings) || 'No findings';
  const others = [
    ...(accepted.length === 0 ? [] : [`${accepted.length} accepted`]),
    ...(notJudged.length === 0 ? [] : [`${notJudged.length} not judged`]),
  ];
  return others.length === 0 ? found : `${found}; ${others.join(', ')}`;
}

const MOST_PLACES = 8;

function findingLines(finding: ReportedFinding, columns: number): readonly string[] {
  const { severity, title, ruleId, confidence, meaning, evidence, mend, references } = finding;
  const wrapped = (first: string, text: string) => wrapText(first, text, columns);
  const more = evidence.length - MOST_PLACES;
  const certainty = confidence === undefined ? '' : `, ${confidence}`;
  return [
    ...wrapped(`${severity.toUpperCase()}  `, `${title} [${ruleId}${certainty}]`),
    ...wrapped('  ', meaning),
    ...evidence
      .slice(0, MOST_PLACES)
      .flatMap((piece) => wrapped('  - ', `${evidencePlace(piece)}: ${piece.text} {${piece.fingerprint}}`)),
    ...(more > 0 ? [`  - and ${more} more, which --format json lists`] : []),
    ...mend.flatMap((step, index) => wrapped(`  ${index + 1}. `, step)),
    ...references.map(({ url }) => `  ${url}`),
  ];
}

function mapLines({ source, assumedLayout, regions }: FlashMap, before: FlashMap | undefined): readonly string[] {
  const assumed = assumedLayout === undefined ? '' : `, named as in ${assumedLayout}, since no table can be read`;
  const width = Math.max(...regions.map(({ name }) => name.length));
  const rows = regions.map(({ name, offset, size, state, marks }) => {
    const was = before?.regions.find((region) => region.offset === offset)?.state;
    const change = was === undefined || was === state ? '' : ` (before: ${STATE_WORDS[was]})`;
    const found = marks.length === 0 ? '' : `  ${[...new Set(marks.map(({ ruleId }) => ruleId))].join(', ')}`;
    const place = `${toHexOffset(offset).padStart(10)} ${toHexOffset(size).padStart(10)}`;
    return `  ${name.padEnd(width)} ${place}  ${STATE_WORDS[state]}${change}${found}`;
  });
  return [`Flash of ${source}${assumed}:`, ...rows];
}

function baselineLines({ source, expired, unused }: BaselineReport, columns: number): readonly string[] {
  const lines = [
    ...expired.map(({ rule, evidence, until }) => `${rule} {${evidence}} expired on ${until} and counts again`),
    ...unused.map(({ rule, evidence }) => `${rule} {${evidence}} was not found any more: take it out`),
  ];
  return lines.length === 0
    ? []
    : [`Baseline ${source}:`, ...lines.flatMap((line) => wrapText('  - ', line, columns)), ''];
}
