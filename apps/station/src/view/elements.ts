/** An element of the page's own HTML. */
export function part<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.querySelector(`#${id}`);
  if (element instanceof kind) return element;
  throw new TypeError(`the page has no ${kind.name} called ${id}`);
}

type Child = Node | string | undefined;

/** A new element with what stands in it; text is text, whatever it holds. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Readonly<Partial<Record<string, string>>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(properties)) {
    if (value !== undefined) element.setAttribute(attribute, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Terms and what they mean, as a list of definitions has them. */
export function definitions(rows: readonly (readonly [string, Node | string])[]): readonly HTMLElement[] {
  return rows.flatMap(([term, meaning]) => [make('dt', {}, term), make('dd', {}, meaning)]);
}

/** A button that does something. */
export function button(text: string, onClick: () => unknown, kind = 'quiet'): HTMLButtonElement {
  const element = make('button', { type: 'button', class: kind }, text);
  element.addEventListener('click', () => void onClick());
  return element;
}

/** Gives the user a file. */
export function download(name: string, type: string, contents: BlobPart): void {
  const url = URL.createObjectURL(new Blob([contents], { type }));
  make('a', { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
