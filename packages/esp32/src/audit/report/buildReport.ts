import { audit, type OnRuleFailure, severityRank } from '../audit.ts';
import { applyBaseline, type FingerprintedFinding } from '../baseline/applyBaseline.ts';
import { type AcceptedEvidence, type Baseline, isExpired } from '../baseline/baseline.ts';
import type { Finding } from '../finding.ts';
import { INPUT_KINDS } from '../inputs/auditInput.ts';
import { macOf } from '../inputs/macAddress.ts';
import { inItsFile } from '../inputs/partitionContents.ts';
import type { ReadDevice } from '../inputs/readDevice.ts';
import type { Rule } from '../rule.ts';
import {
  type AuditReport,
  type DeviceReport,
  type FirstStep,
  REPORT_FORMAT,
  REPORT_VERSION,
  type ReportedFinding,
} from './auditReport.ts';
import { flashMap } from './flashMap.ts';
import { gradeOf, worstGrade } from './grade.ts';

export interface ReportContext {
  readonly rules: readonly Rule[];
  readonly baseline?: Baseline | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Version of MkIoT. */
  readonly tool: string;
  readonly onRuleFailure: OnRuleFailure;
}

/** Audits devices that were read, and says all that there is to say about them. */
export async function buildReport(devices: readonly ReadDevice[], context: ReportContext): Promise<AuditReport> {
  const { baseline, nowMs, tool } = context;
  const met = new Set<AcceptedEvidence>();
  const reports: DeviceReport[] = [];
  for (const device of devices) reports.push(await reportOn(device, context, met));
  const accepted = baseline?.accepted ?? [];
  return {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    tool,
    at: new Date(nowMs).toISOString(),
    grade: worstGrade(reports.map(({ grade }) => grade)),
    devices: reports,
    ...(baseline && {
      baseline: {
        source: baseline.source,
        expired: accepted.filter((entry) => isExpired(entry, nowMs)),
        unused: accepted.filter((entry) => !met.has(entry)),
      },
    }),
  };
}

async function reportOn(
  device: ReadDevice,
  { rules, baseline, nowMs, onRuleFailure }: ReportContext,
  met: Set<AcceptedEvidence>,
): Promise<DeviceReport> {
  const { name, subject, contents, before, problems } = device;
  const ruleOf = new Map(rules.map((rule) => [rule.id, rule]));
  const seen = audit(subject, rules, onRuleFailure);
  const { open, accepted, met: metHere } = await applyBaseline(inFiles(seen.findings, contents), baseline, nowMs);
  for (const entry of metHere) met.add(entry);
  const findings = open.map((finding) => reported(finding, ruleOf.get(finding.ruleId)));
  const title = ({ ruleId }: { readonly ruleId: string }) => ruleOf.get(ruleId)?.title ?? ruleId;
  const mac = subject.efuse && macOf(subject.efuse.value);
  return {
    name,
    ...(subject.chip && { chip: subject.chip.label }),
    ...(mac !== undefined && { mac }),
    ...gradeOf(open, seen.notJudged, subject, problems.length === 0 && contents === undefined),
    inputs: device.inputs.map(({ source, kind }) => ({ source, kind: INPUT_KINDS[kind] })),
    leftOut: device.leftOut,
    problems: problems.map(({ code, message }) => ({ code, message })),
    doFirst: doFirst(findings),
    findings,
    accepted: accepted.map((finding) => ({ ...finding, title: title(finding) })),
    notJudged: seen.notJudged.map((rule) => ({ ...rule, title: title(rule) })),
    // The offsets of files that were put behind each other are nobody's.
    ...(subject.flash && contents === undefined && { flash: flashMap(subject.flash, open) }),
    ...(before && { flashBefore: flashMap(before, []) }),
  };
}

function inFiles(findings: readonly Finding[], contents: ReadDevice['contents']): readonly Finding[] {
  if (contents === undefined) return findings;
  return findings.map(({ evidence: [first, ...others], ...finding }) => ({
    ...finding,
    evidence: [inItsFile(first, contents), ...others.map((piece) => inItsFile(piece, contents))],
  }));
}

function reported(finding: FingerprintedFinding, rule: Rule | undefined): ReportedFinding {
  const { title = finding.ruleId, meaning = '', mend = [], references = [] } = rule ?? {};
  return { ...finding, title, meaning, mend, references };
}

const MOST_FIRST_STEPS = 3;

/**
 * The first step of each of the worst findings. Secrets that lie open come first: whoever has read them has them, whatever is
 * closed afterwards. What is only information asks for nothing.
 */
function doFirst(findings: readonly ReportedFinding[]): readonly FirstStep[] {
  const steps = new Map<string, FirstStep>();
  const isSecret = ({ confidence }: ReportedFinding): number => (confidence === undefined ? 0 : 1);
  const urgent = findings.toSorted(
    (one, other) => severityRank(other.severity) - severityRank(one.severity) || isSecret(other) - isSecret(one),
  );
  for (const { ruleId, severity, mend } of urgent) {
    const [step] = mend;
    if (step !== undefined && severity !== 'info' && !steps.has(step)) steps.set(step, { ruleId, severity, step });
  }
  return [...steps.values()].slice(0, MOST_FIRST_STEPS);
}
