import { toHexOffset } from '../../../bytes/hexOffset.ts';
import type { DeviceReport, FlashMap, FlashMapRegion, RegionState } from '../auditReport.ts';
import { STATE_WORDS } from '../reportWords.ts';
import { anchorOf } from './anchor.ts';
import { flashBar, swatch } from './flashBar.ts';
import { type Html, html } from './html.ts';

const MEGABYTE = 0x100000;
const LEGEND: readonly RegionState[] = ['encrypted', 'plain', 'unencryptable', 'erased'];

/** The map of flash: the whole to scale, and each region by itself with what is in it and what was found there. */
export function flashMapHtml({ name, flash, flashBefore }: DeviceReport): Html {
  if (flash === undefined) return html``;
  const assumed =
    flash.assumedLayout === undefined
      ? undefined
      : html`<p>
          No partition table can be read; the names are those of the layout ${flash.assumedLayout}, which fits.
        </p>`;
  return html`<section class="map">
    <h3>Flash map</h3>
    <p class="legend">${LEGEND.map((state) => html`<span>${swatch(state)} ${STATE_WORDS[state]}</span> `)}</p>
    ${assumed} ${flashBefore && wholeFlash('Before', flashBefore)}
    ${wholeFlash(flashBefore === undefined ? 'Whole flash' : 'After', flash)}
    <table>
      <thead>
        <tr>
          <th>Partition</th>
          <th class="number">Offset</th>
          <th class="number">Size</th>
          <th>What is in it</th>
        </tr>
      </thead>
      <tbody>
        ${flash.regions.filter(isWorthARow).map((region) => row(region, flashBefore, name))}
      </tbody>
    </table>
    ${flashBefore && bootloaders(flashBefore, flash)}
  </section>`;
}

/** Erased flash that belongs to no partition is only room between them. */
function isWorthARow({ name, state }: FlashMapRegion): boolean {
  return name !== 'unassigned' || state !== 'erased';
}

function wholeFlash(label: string, { regions, size, source }: FlashMap): Html {
  const caption = `${label}: ${source}, ${Math.round((100 * size) / MEGABYTE) / 100} MB`;
  return html`<figure>
    <figcaption>${caption}</figcaption>
    ${flashBar({ title: `${caption}, to scale`, regions, from: 0, size, height: 30 })}
  </figure>`;
}

function row(region: FlashMapRegion, before: FlashMap | undefined, device: string): Html {
  const { name, offset, size, state, marks } = region;
  const was = before?.regions.find((other) => other.offset === offset);
  const words = STATE_WORDS[state];
  const found = [...new Map(marks.map((mark) => [mark.ruleId + mark.severity, mark])).values()];
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="number">${toHexOffset(offset)}</td>
    <td class="number">${sizeWords(size)}</td>
    <td class="content">
      ${was && regionBar(was, `${name} before`)} ${regionBar(region, name)}
      ${was === undefined || was.state === state ? words : `${STATE_WORDS[was.state]} → ${words}`}
      ${found.map((mark) => html` <a class="chip ${mark.severity}" href="#${anchorOf(device, mark)}">${mark.ruleId}</a>`)}
    </td>
  </tr>`;
}

function regionBar(region: FlashMapRegion, name: string): Html {
  const { offset: from, size, state } = region;
  return flashBar({ title: `${name}: ${STATE_WORDS[state]}`, regions: [region], from, size, height: 14 });
}

function sizeWords(bytes: number): string {
  if (bytes < 1024 || bytes % 1024 !== 0) return `${bytes} B`;
  return bytes >= MEGABYTE && bytes % (MEGABYTE / 4) === 0 ? `${bytes / MEGABYTE} MB` : `${bytes / 1024} KB`;
}

/** The beginning of the bootloader as it was and as it is: what encryption does to it. */
function bootloaders(before: FlashMap, after: FlashMap): Html {
  const heads = [
    ['before', before.bootloaderHead],
    ['after', after.bootloaderHead],
  ] as const;
  return html`<div class="dumps">
    ${heads.map(([when, head]) =>
      head === undefined
        ? html``
        : html`<figure>
            <figcaption>Bootloader ${when}</figcaption>
            <pre>${hexLines(head)}</pre>
          </figure>`,
    )}
  </div>`;
}

/** Sixteen bytes a line. */
function hexLines(digits: string): string {
  const lines = digits.match(/.{1,32}/g) ?? [];
  return lines.map((line) => line.replaceAll(/(..)(?=.)/g, '$1 ')).join('\n');
}
