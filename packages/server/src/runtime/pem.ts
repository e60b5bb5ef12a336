/** One block of a PEM text (RFC 7468): `label` is what stands after BEGIN, `text` the block with its two border lines. */
export interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** The PEM blocks of `text` in their order; explanatory text around them is left out. Whole blocks only. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g);
  return [...blocks].map(([block, label]) => ({ label: label ?? '', text: `${block}\n` }));
}

/** Whether `text` holds a private key of any kind, even a torn one. Such a text must not reach a log or an error. */
export function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text);
}
