import type { AuditReport, BaselineReport, DeviceReport } from '../auditReport.ts';
import { evidencePlace } from '../evidencePlace.ts';
import type { Grade } from '../grade.ts';
import { GRADE_MEANINGS } from '../reportWords.ts';
import { countsOf } from '../textReport.ts';
import { anchorOf } from './anchor.ts';
import { findingHtml } from './findingHtml.ts';
import { FLASH_BAR_FILLS } from './flashBar.ts';
import { flashMapHtml } from './flashMapHtml.ts';
import { Html, html } from './html.ts';
import { PAGE_STYLE } from './pageStyle.ts';

/** An audit as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function htmlReport(report: AuditReport): string {
  const { devices, at, tool, baseline } = report;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Audit: ${devices.map(({ name }) => name).join(', ')}</title>
        <style>
          ${new Html(PAGE_STYLE)}
        </style>
      </head>
      <body>
        ${FLASH_BAR_FILLS}
        <header class="page">
          <h1>MkIoT device audit</h1>
          <span class="soft">${at.slice(0, 16).replace('T', ' ')} UTC</span>
        </header>
        ${devices.length > 1 ? overview(devices) : undefined}
        <main>${devices.map((device) => deviceHtml(device))}</main>
        ${baseline && baselineHtml(baseline)}
        <footer class="soft">
          Made by mkiot audit ${tool}. The same as data: --format json. What was not judged may be anything.
        </footer>
      </body>
    </html>`;
  return `${page.markup}\n`;
}

function overview(devices: readonly DeviceReport[]): Html {
  return html` <section>
    <h3>${devices.length} devices</h3>
    <table>
      <tbody>
        ${devices.map(
          (device) =>
            html`<tr>
              <td>${badge(device.grade, 'small')}</td>
              <th scope="row"><a href="#device-${device.name}">${device.name}</a></th>
              <td>${countsOf(device)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function deviceHtml(device: DeviceReport): Html {
  const {
    name,
    chip = 'unknown chip',
    mac,
    grade,
    ungraded,
    problems,
    doFirst,
    findings,
    accepted,
    notJudged,
  } = device;
  return html` <section class="device" id="device-${name}">
    <header>
      ${badge(grade, '')}
      <div>
        <h2>${name}</h2>
        <p class="soft">${chip}${mac === undefined ? '' : `, MAC ${mac}`}</p>
        <p>${capital(ungraded ?? GRADE_MEANINGS[grade])}. ${countsOf(device)}.</p>
      </div>
    </header>
    ${problems.map(({ code, message }) => html`<p class="problem"><strong>Problem:</strong> ${message} <span class="id">${code}</span></p>`)}
    ${
      doFirst.length === 0
        ? undefined
        : html`<section class="first">
            <h3>Do first</h3>
            <ol>
              ${doFirst.map(({ step, ruleId, severity }) => html`<li>${step} <a class="id" href="#${anchorOf(name, { ruleId, severity })}">${ruleId}</a></li>`)}
            </ol>
          </section>`
    }
    ${flashMapHtml(device)} ${findings.length === 0 ? undefined : html`<h3>Findings</h3>`}
    ${findings.map((finding) => findingHtml(finding, anchorOf(name, finding)))}
    ${list(
      'Accepted, so not counted',
      accepted.map(
        ({ title, severity, evidence, reason, until }) =>
          html`${title} (${severity}), ${evidencePlace(evidence)}: ${reason}; until ${until}`,
      ),
    )}
    ${list(
      'Not judged, which does not mean that all is well',
      notJudged.map(({ title, ruleId, reason }) => html`${title} <span class="id">${ruleId}</span>: ${reason}`),
    )}
    ${list(
      'What was looked at',
      device.inputs.map(({ source, kind }) => html`<code>${source}</code>: ${kind}`),
    )}
    ${list(
      'Left out',
      device.leftOut.map(({ source, reason }) => html`<code>${source}</code>: ${reason}`),
    )}
  </section>`;
}

function badge(grade: Grade, size: string): Html {
  const name = grade === '?' ? 'unknown' : grade;
  return html`<span class="grade grade-${name} ${size}" role="img" aria-label="Grade ${name}">${grade}</span>`;
}

function list(heading: string, items: readonly Html[]): Html {
  return items.length === 0
    ? html``
    : html`<h3>${heading}</h3>
        <ul>
          ${items.map((item) => html`<li>${item}</li>`)}
        </ul>`;
}

function baselineHtml({ source, expired, unused }: BaselineReport): Html {
  return list(`Baseline ${source}`, [
    ...expired.map(
      ({ rule, evidence, until }) => html`${rule} <code>${evidence}</code> expired on ${until} and counts again`,
    ),
    ...unused.map(({ rule, evidence }) => html`${rule} <code>${evidence}</code> was not found any more: take it out`),
  ]);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
