import type { ReportedFinding } from '../auditReport.ts';
import { evidencePlace } from '../evidencePlace.ts';
import { type Html, html } from './html.ts';

/** One finding: what it means, where it was seen, and how it is mended. `anchor`: what links lead to. */
export function findingHtml(finding: ReportedFinding, anchor: string): Html {
  const { ruleId, severity, confidence, title, meaning, evidence, mend, references } = finding;
  return html` <article class="finding ${severity}" id="${anchor}">
    <header>
      <span class="chip">${severity}</span>
      <span class="id">${ruleId}${confidence === undefined ? '' : `, ${confidence}`}</span>
      <h4>${title}</h4>
    </header>
    <p>${meaning}</p>
    <dl>
      <dt>Seen</dt>
      <dd>
        <ul class="evidence">
          ${evidence.map(
            (piece) =>
              html`<li>
                <span class="place">${evidencePlace(piece)}</span>
                ${piece.text} <code class="soft">${piece.fingerprint}</code>
              </li>`,
          )}
        </ul>
      </dd>
      <dt>Mend</dt>
      <dd>
        <ol>
          ${mend.map((step) => html`<li>${step}</li>`)}
        </ol>
      </dd>
      ${references.length === 0 ? undefined : html`<dt>Read more</dt>`}
      ${references.map(({ title, url }) => html`<dd><a href="${safeUrl(url)}">${title}</a></dd>`)}
    </dl>
  </article>`;
}

/** Links lead to the web, and nowhere else. */
function safeUrl(url: string): string {
  return url.startsWith('https://') ? url : '#';
}
