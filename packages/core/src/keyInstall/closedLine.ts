/** What a device that has its keys says in its boot log. @param digest in lower-case hexadecimal */
export function closedLine(digest: string): string {
  return `key install closed, ${digest}`;
}

/** The digest in what a device has printed; undefined: it does not say that key install is closed. */
export function closedDigestIn(printed: string): string | undefined {
  return /key install closed, ([0-9a-f]{64})/.exec(printed)?.[1];
}
