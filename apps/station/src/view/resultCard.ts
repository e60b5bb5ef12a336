import type { AuditReport, ReportedFinding } from '@mkiot/esp32/audit/report/auditReport';
import { severityCounts } from '@mkiot/esp32/audit/report/severityCounts';
import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import { button, definitions, download, make } from './elements.ts';

/** An audit in its grade and its counts. */
export function auditCard(title: string, { grade, devices }: AuditReport): HTMLElement {
  const findings = devices.flatMap((device) => device.findings);
  const ungraded = devices.find((device) => device.ungraded !== undefined)?.ungraded;
  return make(
    'div',
    { class: 'audit' },
    make('span', { class: 'grade', 'data-grade': grade }, grade),
    make('div', {}, make('h3', {}, title), make('p', {}, severityCounts(findings) || 'no findings')),
    findings.length === 0 ? undefined : findingList(findings),
    ungraded === undefined ? undefined : make('p', { class: 'detail' }, ungraded),
  );
}

function findingList(findings: readonly ReportedFinding[]): HTMLElement {
  const rows = findings.map(({ severity, title }) =>
    make('li', {}, make('span', { class: 'hint' }, severity), ` ${title}`),
  );
  return make('details', {}, make('summary', {}, 'What was found'), make('ul', {}, ...rows));
}

/** What has become of a unit, to read, to keep and to stick on it. */
export function resultCard(result: UnitResult): HTMLElement {
  const { mac, chip, device, profile, durationMs, writtenBytes, efuseDigest } = result;
  const registered = device?.registered === 'queued' ? 'its record waits for the server' : 'registered';
  const list = make('dl', {});
  list.append(
    ...definitions([
      ['Chip', `${chip}, MAC ${mac}`],
      ...(device === undefined ? [] : [['Device', `${device.name}: ${registered}`] as const]),
      ['Profile', profile ?? 'none: nothing was burned'],
      ['Written', `${writtenBytes.toLocaleString('en')} bytes`],
      ['eFuses, SHA-256', make('code', {}, efuseDigest)],
    ]),
  );
  const forgotten =
    profile === undefined ? [] : ['Its keys were deleted from this browser: they are in the chip alone.'];
  return make(
    'div',
    { class: 'result' },
    make('h3', {}, `Done in ${(durationMs / 1_000).toFixed(1)} s`),
    list,
    ...forgotten.map((text) => make('p', {}, text)),
    make(
      'div',
      { class: 'buttons' },
      button('Download its record', () => downloadRecord(result)),
    ),
  );
}

function downloadRecord(result: UnitResult): void {
  const name = `${result.mac.replaceAll(':', '')}.json`;
  download(name, 'application/json', `${JSON.stringify(result, undefined, 2)}\n`);
}
