/** The name that `text` was most likely meant to be, or `undefined` when none is near. */
export function didYouMean(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  const furthest = Math.max(2, Math.floor(text.length / 4));
  let nearest: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance <= furthest && distance < (nearest?.distance ?? Infinity)) nearest = { name, distance };
  }
  return nearest?.name;
}

/** Levenshtein's: how many characters have to be added, left out or replaced. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const [left = 0, diagonal = 0, up = 0] = [line[column - 1], above[column - 1], above[column]];
      line.push(Math.min(left + 1, up + 1, diagonal + (from[row - 1] === to[column - 1] ? 0 : 1)));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
