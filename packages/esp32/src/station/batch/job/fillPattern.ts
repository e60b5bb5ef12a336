/**
 * Fills `{name}` in a text, and `{name:4}` with zeros before what is shorter than that.
 *
 * @param valueOf what a name stands for; undefined: it stands for itself
 */
export function fillPattern(pattern: string, valueOf: (name: string) => string | undefined): string {
  return pattern.replaceAll(/\{([^{}:]+)(?::([1-9]))?\}/g, (whole, name: string, digits: string | undefined) => {
    const value = valueOf(name);
    return value === undefined ? whole : value.padStart(Number(digits ?? 0), '0');
  });
}
