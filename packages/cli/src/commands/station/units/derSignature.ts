// RFC 3279, 2.2.3: ECDSA-Sig-Value, in which openssl and most others want signatures on P-256.

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const HALF_BYTES = 32;

/** The signature r then s, 32 bytes each, in DER. */
export function derSignature(signature: Uint8Array): Uint8Array {
  const both = [...integer(signature.subarray(0, HALF_BYTES)), ...integer(signature.subarray(HALF_BYTES))];
  return Uint8Array.of(SEQUENCE, both.length, ...both);
}

/** The shortest form, with a zero before what would look negative. */
function integer(bytes: Uint8Array): readonly number[] {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? [0] : [...bytes.subarray(first)];
  const positive = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits;
  return [INTEGER, positive.length, ...positive];
}
