import type { AuditReport, ReportedFinding } from '@mkiot/esp32/audit/report/auditReport';
import { findingCounts } from '@mkiot/esp32/audit/report/findingCounts';
import { unitLabel, unitRecord } from '@mkiot/esp32/station/record/unitRecord';
import type { PageUnit } from '../provisionInPage.ts';
import { button, definitions, download, make } from './elements.ts';

/** An audit in its grade and its counts. */
export function auditCard(title: string, report: AuditReport): HTMLElement {
  const { grade, devices } = report;
  const findings = devices.flatMap((device) => device.findings);
  const ungraded = devices.find((device) => device.ungraded !== undefined)?.ungraded;
  return make(
    'div',
    { class: 'audit' },
    make('span', { class: 'grade', 'data-grade': grade }, grade),
    make('div', {}, make('h3', {}, title), make('p', {}, findingCounts(report))),
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
export function resultCard(unit: PageUnit): HTMLElement {
  const { mac, chip, device, profile, durationMs, writtenBytes, efuseDigest } = unit.result;
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
  const { flashKey } = unit;
  const forgotten =
    flashKey === undefined
      ? 'Its keys were deleted from this browser: they are in the chip alone.'
      : 'Its keys were deleted from this browser. To flash this board over the cable again, take its flash key now: it is gone with the next unit.';
  const name = mac.replaceAll(':', '');
  const label = unitLabel(unit);
  const saveRecord = (): void =>
    download(`${name}.json`, 'application/json', `${JSON.stringify(unitRecord(unit), undefined, 2)}\n`);
  return make(
    'div',
    { class: 'result' },
    make('h3', {}, `Done in ${(durationMs / 1_000).toFixed(1)} s`),
    list,
    profile === undefined ? undefined : make('p', {}, forgotten),
    make('figure', {}, picture(label)),
    make(
      'div',
      { class: 'buttons' },
      button('Download its record', saveRecord),
      button('Download its label', () => download(`${name}.svg`, 'image/svg+xml', label)),
      ...(flashKey === undefined
        ? []
        : [button('Download its flash key', () => download(`${name}.key`, 'application/octet-stream', flashKey))]),
    ),
  );
}

function picture(svg: string): Node {
  return document.importNode(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true);
}
