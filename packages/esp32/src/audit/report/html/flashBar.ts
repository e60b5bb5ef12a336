import type { FlashMapRegion, FlashMark, RegionState } from '../auditReport.ts';
import { type Html, html } from './html.ts';

/** A stretch of flash as a picture. */
export interface FlashBar {
  /** What the picture shows, for who cannot see it. */
  readonly title: string;
  readonly regions: readonly FlashMapRegion[];
  /** In flash, where the bar begins. */
  readonly from: number;
  readonly size: number;
  /** Pixels. */
  readonly height: number;
}

const ARROW_HEIGHT = 8;

/** Sectors to scale, each kind with its fill, and an arrow below each place where a finding was seen. */
export function flashBar({ title, regions, from, size, height }: FlashBar): Html {
  const runs = regions
    .flatMap(({ runs, state }) => runs.map((run) => ({ ...run, fill: fillOf(run.kind, state) })))
    // A few sectors in clear among megabytes are what matters: nothing is drawn over them.
    .toSorted((one, other) => DRAWN.indexOf(one.fill) - DRAWN.indexOf(other.fill));
  return html`
    <svg class="bar" role="img" width="100%" height="${height + ARROW_HEIGHT}" aria-label="${title}">
      <title>${title}</title>
      ${runs.map(
        ({ offset, size: length, fill }) =>
          html`<rect
            x="${percent(offset - from, size)}"
            height="${height}"
            style="width: max(3px, ${percent(length, size)})"
            fill="url(#${fill})"
          ></rect>`,
      )}
      ${regions.flatMap(({ marks }) => marks.map((mark) => arrow(mark, percent(mark.offset - from, size), height)))}
    </svg>
  `;
}

type Fill = Exclude<RegionState, 'mixed'>;

/** In the order in which they are drawn. */
const DRAWN: readonly Fill[] = ['erased', 'encrypted', 'plain', 'unencryptable'];

function fillOf(kind: Exclude<Fill, 'unencryptable'>, state: RegionState): Fill {
  return kind === 'plain' && state === 'unencryptable' ? state : kind;
}

/** A nested picture may be put at a percentage; a path may not. */
function arrow({ severity, ruleId }: FlashMark, x: string, y: number): Html {
  return html`<svg class="${severity}" x="${x}" y="${y + 1}" overflow="visible">
    <title>${ruleId}</title>
    <path class="arrow" d="M0 0 L5 7 L-5 7 Z"></path>
  </svg>`;
}

function percent(part: number, whole: number): string {
  return `${Number(((100 * part) / whole).toFixed(4))}%`;
}

/** The fill of a state, for a legend. */
export function swatch(state: RegionState): Html {
  return html`<svg class="swatch" width="22" height="12" aria-hidden="true">
    <rect width="22" height="12" fill="url(#${state})"></rect>
  </svg>`;
}

/** The fills, once a page. They differ by pattern too, for who sees or prints no colours. */
export const FLASH_BAR_FILLS: Html = html`<svg width="0" height="0" class="fills" aria-hidden="true">
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
