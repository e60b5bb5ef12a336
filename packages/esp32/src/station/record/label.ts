import { qrCode } from './qrCode.ts';

/** What a label says of a unit. Everybody who holds the unit can read it: nothing of it is secret. */
export interface LabelFacts {
  /** Its device id; undefined: it is not registered. */
  readonly device: string | undefined;
  readonly mac: string;
  /** `ESP32-S3` */
  readonly chip: string;
  /** What the QR code holds. */
  readonly content: string;
}

/** Millimetres: a usual label for small cases. */
const [WIDTH, HEIGHT, CODE] = [50, 25, 23];
const LINE_HEIGHT = 4;
/** A long id gets smaller letters, so that it stays on the label. */
const [TEXT_WIDTH, LARGEST, SMALLEST] = [24, 2.2, 1.2];
/** Of a letter, in its size: wide ones of usual fonts. */
const LETTER_WIDTH = 0.62;

/** A label to print, 50 by 25 mm: a QR code, and beside it what people read. */
export function labelSvg({ device, mac, chip, content }: LabelFacts): string {
  const code = qrCode(content);
  const modules = code.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  const lines = [device, mac, chip].filter((line) => line !== undefined);
  const top = (HEIGHT - (lines.length - 1) * LINE_HEIGHT) / 2 + 1;
  const texts = lines.map(
    (line, index) =>
      `<text x="25" y="${top + index * LINE_HEIGHT}" font-size="${fontSize(line)}">${escaped(line)}</text>`,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}mm" height="${HEIGHT}mm" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<title>${escaped(content)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<svg x="1" y="1" width="${CODE}" height="${CODE}" viewBox="0 0 ${code.length} ${code.length}" shape-rendering="crispEdges">`,
    `<path d="${modules}"/>`,
    '</svg>',
    `<g font-family="monospace">${texts.join('')}</g>`,
    '</svg>',
  ].join('\n')}\n`;
}

function fontSize(line: string): number {
  const fitting = TEXT_WIDTH / (line.length * LETTER_WIDTH);
  return Number(Math.max(SMALLEST, Math.min(LARGEST, fitting)).toFixed(2));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
