/** Markup that may stand in a page as it is. Only the tag `html` makes it, so that nothing unescaped gets in. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Piece = string | number | Html | readonly Html[] | undefined;

/** Markup of a template: texts that are put in are escaped, markup is taken as it is, undefined is nothing. */
export function html(template: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(String.raw({ raw: template.map(trimmed) }, ...pieces.map(markupOf)));
}

/** Indentation of the source is of no use in a page. */
function trimmed(text: string): string {
  return text.replaceAll(/\n\s*/g, '\n');
}

function markupOf(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Html) return piece.markup;
  if (typeof piece === 'object') return piece.map(({ markup }) => markup).join('');
  return escape(String(piece));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters of markup, and those that would turn the direction of the text around them. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      /[\t\n]/.test(character) ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    );
}
