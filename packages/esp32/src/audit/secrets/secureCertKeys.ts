import { type ParsedSecureCertEntry, readSecureCertEntry } from '../../secureCert/parseSecureCert.ts';
import { SECURE_CERT_HEADER_BYTES, SECURE_CERT_TYPES, valueProtection } from '../../secureCert/secureCertEntry.ts';

/** The magic 0xBA5EBA11 as it lies in flash. */
const [FIRST, SECOND, THIRD, FOURTH] = [0x11, 0xba, 0x5e, 0xba] as const;

/** The values of esp_secure_cert TLVs that are private keys and that nothing but flash encryption protects. */
export function secureCertKeys(bytes: Uint8Array): readonly { readonly offset: number; readonly length: number }[] {
  const found: { readonly offset: number; readonly length: number }[] = [];
  for (let at = bytes.indexOf(FIRST); at !== -1; at = bytes.indexOf(FIRST, at + 1)) {
    if (bytes[at + 1] !== SECOND || bytes[at + 2] !== THIRD || bytes[at + 3] !== FOURTH) continue;
    const entry = entryAt(bytes, at);
    if (entry?.type !== SECURE_CERT_TYPES.PRIV_KEY || valueProtection(entry) !== 'plain') continue;
    found.push({ offset: at + SECURE_CERT_HEADER_BYTES, length: entry.value.length });
  }
  return found;
}

function entryAt(bytes: Uint8Array, offset: number): ParsedSecureCertEntry | undefined {
  try {
    return readSecureCertEntry(bytes, offset);
  } catch {
    // The magic stands in code too, and a TLV may be cut.
    return undefined;
  }
}
