import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Chip } from '@mkiot/esp32/chips/chip';
import { severityRank } from '@mkiot/esp32/audit/audit';
import { type Baseline, parseBaseline } from '@mkiot/esp32/audit/baseline/baseline';
import { SEVERITIES, type Severity } from '@mkiot/esp32/audit/finding';
import type { InputFile } from '@mkiot/esp32/audit/inputs/auditInput';
import { readBatch } from '@mkiot/esp32/audit/inputs/readDevice';
import type { AuditReport } from '@mkiot/esp32/audit/report/auditReport';
import { buildReport } from '@mkiot/esp32/audit/report/buildReport';
import { RULES } from '@mkiot/esp32/audit/rules';
import { version } from '@mkiot/server/platform/version';
import { type Command, Option } from 'commander';
import { inspect } from 'node:util';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile, writeNewFile } from '../../namedFile.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { chipNamed } from '../esp32/chipOption.ts';
import { auditError } from './auditErrors.ts';
import { readDeviceFiles, readInputFile } from './auditFiles.ts';
import { AUDIT_FORMATS, type AuditFormat, formatReport } from './auditFormats.ts';
import { registeredKeys } from './registeredKeys.ts';

interface AuditOptions {
  readonly format?: AuditFormat;
  readonly output?: string;
  readonly failOn: Severity;
  readonly baseline?: string;
  readonly publicKey?: readonly string[];
  readonly device?: string;
  readonly flashKey?: string;
  readonly before?: string;
  readonly chip?: Chip;
}

export function addAudit(program: Command, cli: Cli): void {
  addCommand(program, 'audit', {
    summary: 'Find out what an ESP32 gives away to who holds it',
    details:
      'Reads flash dumps, eFuses, boot logs, sdkconfig files, partition tables, images, NVS partitions and public keys, ' +
      'also packed with gzip, and knows them by what is in them. A folder is a device; a folder of folders is a batch. ' +
      'Ends with exit code 1 when there is a finding to fail on, or when the audit is not whole.',
    examples: ['mkiot audit flash.bin efuse.txt boot.log', 'mkiot audit --format html --output report.html device-1/'],
  })
    .argument('<files...>', 'files and folders')
    .addOption(new Option('--format <format>', 'what the report is for').choices(AUDIT_FORMATS))
    .option('--output <file>', 'write the report to this file')
    .addOption(
      new Option('--fail-on <severity>', 'exit code 1 from this severity on')
        .choices(SEVERITIES.filter((severity) => severity !== 'info'))
        .default('high'),
    )
    .option('--baseline <file>', 'findings that are accepted, with reason and date')
    .option('--public-key <file>', 'PEM of a key that the device has; may be repeated', appended)
    .option('--device <device>', 'the device at your server, whose registry has its keys')
    .option('--flash-key <file>', 'its flash encryption key, to look behind it')
    .option('--before <file>', 'an earlier dump of its flash, to compare with')
    .option('--chip <chip>', 'the chip, where no file tells: esp32, esp32s3, …', chipNamed)
    .action((paths: readonly string[], options: AuditOptions) => runAudit(paths, options, cli));
}

async function runAudit(paths: readonly string[], options: AuditOptions, cli: Cli): Promise<void> {
  const report = await auditPaths(paths, options, cli);
  const format = options.format ?? (cli.options.json === true ? 'json' : 'text');
  const { output } = cli.ports;
  const text = formatReport(report, format, { rules: RULES, columns: output.columns });
  if (options.output === undefined) await output.write(text);
  else await writeNewFile(options.output, utf8Encode(text), [...paths, ...otherFiles(options)]);
  failOn(report, options.failOn);
}

async function auditPaths(paths: readonly string[], options: AuditOptions, cli: Cli): Promise<AuditReport> {
  const { clock, errorOutput } = cli.ports;
  const baseline = options.baseline === undefined ? undefined : await readBaseline(options.baseline);
  const devices = await readBatch(
    await readDeviceFiles(paths),
    {
      chip: options.chip,
      publicKeys: await readPublicKeys(options, cli),
      flashKey: options.flashKey === undefined ? undefined : await readInputFile(options.flashKey),
      before: options.before === undefined ? undefined : await readInputFile(options.before),
    },
    nodeAes,
  );
  const failures: string[] = [];
  const report = await buildReport(devices, {
    rules: RULES,
    baseline,
    nowMs: clock.now(),
    tool: version,
    onRuleFailure: (ruleId, error) => failures.push(`${ruleId}: ${inspect(error)}\n`),
  });
  if (cli.options.debug === true) await errorOutput.write(failures.join(''));
  return report;
}

async function readPublicKeys({ publicKey = [], device }: AuditOptions, cli: Cli): Promise<readonly InputFile[]> {
  const files = await Promise.all(publicKey.map(readInputFile));
  return device === undefined ? files : [...files, ...(await registeredKeys(device, cli))];
}

async function readBaseline(path: string): Promise<Baseline> {
  return parseBaseline(utf8Decode(await readNamedFile(path)), path, new Set(RULES.map(({ id }) => id)));
}

function otherFiles({ baseline, publicKey = [], flashKey, before }: AuditOptions): readonly string[] {
  return [baseline, ...publicKey, flashKey, before].filter((path) => path !== undefined);
}

/** @throws `AUDIT_FINDINGS`, `AUDIT_NOT_WHOLE` */
function failOn({ devices }: AuditReport, severity: Severity): void {
  const findings = devices.flatMap((device) => device.findings);
  const count = findings.filter((finding) => severityRank(finding.severity) >= severityRank(severity)).length;
  if (count > 0) throw auditError('AUDIT_FINDINGS', { severity, count });
  const problem = devices.flatMap(({ problems }) => problems)[0];
  if (problem !== undefined) throw auditError('AUDIT_NOT_WHOLE', { reason: problem.code });
  const broken = devices.flatMap(({ notJudged }) => notJudged).find(({ code }) => code === 'RULE_FAILED');
  if (broken !== undefined) throw auditError('AUDIT_NOT_WHOLE', { reason: `the rule ${broken.ruleId} broke` });
}

function appended(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
