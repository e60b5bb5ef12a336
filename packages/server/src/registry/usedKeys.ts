import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { publicKeyIn } from '../runtime/nodeCrypto.ts';
import { pemBlocks } from '../runtime/pem.ts';
import type { Executor } from '../store/database.ts';

/** Every key that was ever a device's, also of deleted devices, and whose it was first. */
type UsedKeyTables = { used_key: { spki_sha256: Uint8Array; num_id: number } };

/**
 * SHA-256 of a key's SubjectPublicKeyInfo: the same for a key and for its certificates. `undefined` where no key can be read:
 * nobody can log in with that, so that it is nobody's.
 */
function keyDigest(pem: string): Uint8Array | undefined {
  try {
    const [block] = pemBlocks(pem);
    const spki = block && publicKeyIn(block).export({ type: 'spki', format: 'der' });
    return spki && createHash('sha256').update(spki).digest();
  } catch {
    return undefined;
  }
}

/** Remembers for ever that the key was a device's. Of several devices with one key the first counts. */
export async function noteUsedKey(executor: Executor, pem: string, numId: number): Promise<void> {
  const digest = keyDigest(pem);
  if (digest === undefined) return;
  await tablesOf(executor)
    .insertInto('used_key')
    .values({ spki_sha256: digest, num_id: numId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Numeric id of the first device that had the key, whether or not it is still there. */
export async function firstUserOfKey(executor: Executor, pem: string): Promise<number | undefined> {
  const digest = keyDigest(pem);
  if (digest === undefined) return undefined;
  const used = tablesOf(executor).selectFrom('used_key').select('num_id').where('spki_sha256', '=', digest);
  return (await used.executeTakeFirst())?.num_id;
}

function tablesOf(executor: Executor): Kysely<UsedKeyTables> {
  return executor.$extendTables<UsedKeyTables>();
}
