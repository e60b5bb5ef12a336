// docs/provisioning.md, "The unit record", and docs/protocol.md, "The signed bytes".
import { formatDeviceName } from '../contract/resourceNames.ts';
import type { Sha256 } from '../crypto/sha256.ts';
import { encodeSignedBytes } from '../deviceLogin/signedBytes.ts';
import { encodeUnitFacts, type UnitFacts } from './unitRecord.ts';

/**
 * What a unit signs with each of its keys to prove that it has them: as its challenge the digest of the facts, in which the
 * station's nonce is. So a proof is worth nothing for another unit, station, record or installation.
 *
 * @param bridgeId names the installation: SHA-256 of its authority's key
 */
export async function encodeUnitProof(
  facts: UnitFacts,
  bridgeId: Uint8Array,
  sha256: Sha256,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSignedBytes({
    purpose: 'STATION_PROOF',
    challenge: await sha256(encodeUnitFacts(withoutProofs(facts))),
    clientId: formatDeviceName(facts.device),
    bridgeId,
  });
}

function withoutProofs(facts: UnitFacts): UnitFacts {
  return { ...facts, keys: facts.keys.map(({ publicKey, expiresAtMs }) => ({ publicKey, expiresAtMs })) };
}
