/** The one way in which fingerprints are shown and compared here: `sha256:` and 64 lower-case digits. */
export function formatFingerprint(digits: string): string {
  return `sha256:${digits.replaceAll(':', '').toLowerCase()}`;
}

/** A fingerprint as we, openssl and browsers write it; `undefined` for anything else. */
export function parseFingerprint(text: string): string | undefined {
  const fingerprint = formatFingerprint(text.replace(/^sha256:/i, ''));
  return /^sha256:[0-9a-f]{64}$/.test(fingerprint) ? fingerprint : undefined;
}
