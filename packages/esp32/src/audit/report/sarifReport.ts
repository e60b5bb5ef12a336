// Static Analysis Results Interchange Format (SARIF) 2.1.0, OASIS Standard.
import type { FingerprintedEvidence } from '../baseline/applyBaseline.ts';
import type { Severity } from '../finding.ts';
import type { Rule } from '../rule.ts';
import type { AuditReport, DeviceReport } from './auditReport.ts';
import { evidencePlace } from './evidencePlace.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Pages that show SARIF rank by this number, after CVSS: above 9 critical, above 7 high, above 4 medium. */
const SEVERITY: Readonly<Record<Severity, { readonly level: 'error' | 'warning' | 'note'; readonly score: string }>> = {
  critical: { level: 'error', score: '9.5' },
  high: { level: 'error', score: '8.0' },
  medium: { level: 'warning', score: '5.5' },
  low: { level: 'note', score: '2.0' },
  info: { level: 'note', score: '0.0' },
};

type Json = Readonly<Record<string, unknown>>;

/**
 * An audit as a SARIF log: one run a device, one result for each place in which a finding was seen. What a baseline accepts is a
 * suppressed result, what was not judged one of the kind "open" (section 3.27.9).
 */
export function sarifReport(report: AuditReport, rules: readonly Rule[]): Json {
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: report.devices.map((device) => run(device, report, rules)),
  };
}

function run(device: DeviceReport, { tool, at, grade }: AuditReport, rules: readonly Rule[]): Json {
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]));
  const rule = (ruleId: string): Json => ({ ruleId, ruleIndex: indexOf.get(ruleId) ?? -1 });
  const isWhole = device.problems.length === 0 && device.notJudged.every(({ code }) => code !== 'RULE_FAILED');
  return {
    automationDetails: { id: `mkiot-audit/${device.name}/` },
    tool: {
      driver: {
        name: 'MkIoT audit',
        semanticVersion: tool,
        rules: rules.map(descriptor),
      },
    },
    invocations: [
      {
        executionSuccessful: isWhole,
        endTimeUtc: at,
        toolExecutionNotifications: device.problems.map(({ code, message }) => ({
          descriptor: { id: code },
          level: 'error',
          message: { text: message },
        })),
      },
    ],
    artifacts: device.inputs.map(({ source, kind }) => ({
      location: { uri: toUri(source) },
      description: { text: kind },
      roles: ['analysisTarget'],
    })),
    results: [
      ...device.findings.flatMap(({ ruleId, severity, confidence, title, evidence }) =>
        evidence.map((piece) => ({ ...rule(ruleId), ...failure(title, severity, piece, confidence) })),
      ),
      ...device.accepted.map(({ ruleId, severity, confidence, title, evidence, reason, until }) => ({
        ...rule(ruleId),
        ...failure(title, severity, evidence, confidence),
        suppressions: [{ kind: 'external', justification: `${reason} (until ${until})` }],
      })),
      ...device.notJudged.map(({ ruleId, code, title, reason }) => ({
        ...rule(ruleId),
        kind: 'open',
        level: 'none',
        message: { text: `Not judged: ${title}. ${reason}` },
        properties: { code },
      })),
    ],
    columnKind: 'utf16CodeUnits',
    properties: { grade, deviceGrade: device.grade, ...(device.chip !== undefined && { chip: device.chip }) },
  };
}

function descriptor({ id, title, meaning, severity, mend, references }: Rule): Json {
  const [reference] = references;
  return {
    id,
    name: id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${title}.` },
    fullDescription: { text: meaning },
    help: { text: mend.map((step, index) => `${index + 1}. ${step}`).join('\n') },
    ...(reference && { helpUri: reference.url }),
    defaultConfiguration: { level: SEVERITY[severity].level },
    properties: { tags: ['security'], 'security-severity': SEVERITY[severity].score },
  };
}

function failure(title: string, severity: Severity, evidence: FingerprintedEvidence, confidence?: string): Json {
  return {
    kind: 'fail',
    level: SEVERITY[severity].level,
    message: { text: `${title}: ${evidencePlace(evidence)}: ${evidence.text}` },
    locations: [location(evidence)],
    partialFingerprints: { 'mkiotEvidence/v1': evidence.fingerprint },
    properties: { severity, ...(confidence !== undefined && { confidence }) },
  };
}

function location(evidence: FingerprintedEvidence): Json {
  const { source, line, offset, length, partition, nvsKey, field } = evidence;
  const region =
    line !== undefined
      ? { startLine: line }
      : offset !== undefined && { byteOffset: offset, ...(length !== undefined && { byteLength: length }) };
  const names = [
    ...(partition === undefined ? [] : [{ name: partition, kind: 'partition' }]),
    ...(nvsKey === undefined ? [] : [{ name: nvsKey, kind: 'nvsKey' }]),
    ...(field === undefined ? [] : [{ name: field, kind: 'field' }]),
  ];
  return {
    physicalLocation: { artifactLocation: { uri: toUri(source) }, ...(region && { region }) },
    ...(names.length > 0 && { logicalLocations: names }),
  };
}

/** A path as a relative or absolute URI reference (RFC 3986). */
function toUri(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const encoded = slashed.split('/').map(encodeURIComponent).join('/');
  if (slashed.startsWith('/')) return `file://${encoded}`;
  // A drive letter would be read as a scheme.
  return /^[A-Za-z]:/.test(slashed) ? `file:///${encoded.replace('%3A', ':')}` : encoded;
}
