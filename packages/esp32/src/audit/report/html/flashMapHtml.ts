import { toHexOffset } from '../../../bytes/hexOffset.ts';
import type { DeviceReport, FlashMap, FlashMapRegion, RegionState } from '../auditReport.ts';
import { STATE_WORDS } from '../reportWords.ts';
import { anchorOf } from './anchor.ts';
import { type Html, html } from './html.ts';

/** The map of flash: the whole to scale, and each region by itself with what is in it and what was found there. */
export function flashMapHtml({ name, flash, flashBefore }: DeviceReport): Html {
  if (flash === undefined) return html``;
  const assumed =
    flash.assumedLayout === undefined
      ? ''
      : `No partition table can be read; the names are those of the layout ${flash.assumedLayout}, which fits.`;
  return html` <section class="map">
    <h3>Flash map</h3>
    <p class="legend">${STATES.map((state) => html`<span>${swatch(state)} ${STATE_WORDS[state]}</span> `)}</p>
    <p>${assumed}</p>
    ${flashBefore && strip('Before', flashBefore)} ${strip(flashBefore === undefined ? 'Whole flash' : 'After', flash)}
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
    ${flashBefore && beforeAndAfter(flashBefore, flash)}
  </section>`;
}

const STATES: readonly RegionState[] = ['encrypted', 'plain', 'unencryptable', 'erased'];

/** Erased flash that belongs to no partition is only room between them. */
function isWorthARow({ name, state }: FlashMapRegion): boolean {
  return name !== 'unassigned' || state !== 'erased';
}

const MEGABYTE = 0x100000;

/** All of flash to scale. Regions that are too small to be seen have their rows below. */
function strip(label: string, { regions, size, source }: FlashMap): Html {
  const title = `${label}: ${source}, ${size / MEGABYTE} MB to scale`;
  return html` <figure>
    <figcaption>${label}: ${source}, ${Math.round((100 * size) / MEGABYTE) / 100} MB</figcaption>
    <svg class="strip" role="img" width="100%" height="46" aria-label="${title}">
      <title>${title}</title>
      ${regions.flatMap((region) => runs(region, 0, size, 30))}
      ${regions.map(({ offset }) => html`<line class="edge" x1="${percent(offset, size)}" x2="${percent(offset, size)}" y1="0" y2="30"></line>`)}
      ${regions.flatMap(({ marks }) => marks.map((mark) => arrow(percent(mark.offset, size), 31, mark.severity)))}
    </svg>
  </figure>`;
}

function row(region: FlashMapRegion, before: FlashMap | undefined, device: string): Html {
  const { name, offset, size, state, marks } = region;
  const was = before?.regions.find((other) => other.offset === offset);
  const rules = [...new Map(marks.map((mark) => [mark.ruleId, mark])).values()];
  return html` <tr>
    <th scope="row">${name}</th>
    <td class="number">${toHexOffset(offset)}</td>
    <td class="number">${sizeWords(size)}</td>
    <td class="content">
      ${was && bar(was, `${name} before`)} ${bar(region, name)}
      <span
        >${was !== undefined && was.state !== state ? `${STATE_WORDS[was.state]} → ${STATE_WORDS[state]}` : STATE_WORDS[state]}</span
      >
      ${rules.map(({ ruleId, severity }) => html` <a class="chip ${severity}" href="#${anchorOf(device, { ruleId, severity })}">${ruleId}</a>`)}
    </td>
  </tr>`;
}

function bar(region: FlashMapRegion, name: string): Html {
  const title = `${name}: ${STATE_WORDS[region.state]}`;
  return html`<svg class="bar" role="img" width="100%" height="22" aria-label="${title}">
    <title>${title}</title>
    ${runs(region, region.offset, region.size, 14)}${region.marks.map((mark) =>
      arrow(percent(mark.offset - region.offset, region.size), 15, mark.severity),
    )}
  </svg>`;
}

/** Runs of sectors of one kind, as far as they lie in `size` bytes from `from` on. */
function runs({ runs, state }: FlashMapRegion, from: number, size: number, height: number): readonly Html[] {
  return runs.map(({ offset, size: length, kind }) => {
    const fill = kind === 'plain' && state === 'unencryptable' ? state : kind;
    return html`<rect
      x="${percent(offset - from, size)}"
      width="${percent(length, size)}"
      height="${height}"
      fill="url(#${fill})"
    ></rect>`;
  });
}

/** A nested picture may be put at a percentage; a path may not. */
function arrow(x: string, y: number, severity: string): Html {
  return html`<svg class="${severity}" x="${x}" y="${y}" overflow="visible">
    <path class="arrow" d="M0 0 L5 7 L-5 7 Z"></path>
  </svg>`;
}

function percent(part: number, whole: number): string {
  return `${Number(((100 * part) / whole).toFixed(4))}%`;
}

function sizeWords(bytes: number): string {
  if (bytes < 1024 || bytes % 1024 !== 0) return `${bytes} B`;
  return bytes >= MEGABYTE && bytes % (MEGABYTE / 4) === 0 ? `${bytes / MEGABYTE} MB` : `${bytes / 1024} KB`;
}

function swatch(state: RegionState): Html {
  return html`<svg class="swatch" width="22" height="12" aria-hidden="true">
    <rect width="22" height="12" fill="url(#${state})"></rect>
  </svg>`;
}

/** The beginning of the bootloader as it was and as it is: what encryption does to it. */
function beforeAndAfter(before: FlashMap, after: FlashMap): Html {
  if (before.bootloaderHead === undefined || after.bootloaderHead === undefined) return html``;
  return html` <div class="dumps">
    <figure>
      <figcaption>Bootloader before</figcaption>
      <pre>${hexLines(before.bootloaderHead)}</pre>
    </figure>
    <figure>
      <figcaption>Bootloader after</figcaption>
      <pre>${hexLines(after.bootloaderHead)}</pre>
    </figure>
  </div>`;
}

const DIGITS_PER_LINE = 32;

function hexLines(digits: string): string {
  const lines = digits.match(new RegExp(`.{1,${DIGITS_PER_LINE}}`, 'g')) ?? [];
  return lines.map((line) => line.replaceAll(/(..)(?=.)/g, '$1 ')).join('\n');
}

/** The fills of the map: told apart by their pattern too, for who sees or prints no colours. Once a page. */
export const FLASH_MAP_PATTERNS: Html = html` <svg width="0" height="0" class="patterns" aria-hidden="true">
  <defs>
    <pattern id="encrypted" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" class="encrypted"></rect>
      <rect width="1.5" height="6" class="ink"></rect>
    </pattern>
    <pattern id="plain" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect width="6" height="6" class="plain"></rect>
    </pattern>
    <pattern id="unencryptable" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect width="6" height="6" class="unencryptable"></rect>
      <rect width="6" height="1.5" class="ink"></rect>
    </pattern>
    <pattern id="erased" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect width="6" height="6" class="erased"></rect>
      <circle cx="3" cy="3" r="0.8" class="dot"></circle>
    </pattern>
  </defs>
</svg>`;
