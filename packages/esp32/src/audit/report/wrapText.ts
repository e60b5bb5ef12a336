/**
 * Breaks a text into lines of at most `columns` characters at its spaces; a word that is longer stays whole. The first line
 * begins with `first`, those after it with spaces of the same width.
 */
export function wrapText(first: string, text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (isEmpty || longer.length <= columns) line = longer;
    else {
      lines.push(line);
      line = ' '.repeat(first.length) + word;
    }
    isEmpty = false;
  }
  return [...lines, line];
}
