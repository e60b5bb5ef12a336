import type { Clock } from '@mkiot/core/clock/clock';
import { type Role, ROLES } from '@mkiot/core/contract/permissions';
import { type LocationName, parseRegistryName } from '@mkiot/core/contract/resourceNames';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { timingSafeEqual } from 'node:crypto';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import type { Caller, PathParams } from '../http/apiRoute.ts';
import type { Database, Executor } from '../store/database.ts';
import { formatApiToken, newApiToken, parseApiToken, sha256 } from './apiToken.ts';
import { authError } from './authErrors.ts';
import { tokenCaller } from './callers.ts';
import { isPrintableName, NAME_CHARACTERS } from './printableName.ts';
import type { RefusalLog } from './refusalLog.ts';
import * as store from './tokenStore.ts';
import type { TokenRecord } from './tokenStore.ts';

/** What is said of a token that is to be made. */
export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly registry?: string | undefined;
  readonly expiresAtMs?: number | undefined;
}

/** A token with its text, which nobody will see again. */
export interface IssuedToken {
  readonly record: TokenRecord;
  readonly text: string;
}

export interface AuthParts {
  readonly database: Database;
  readonly auditTrail: AuditTrail;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly refusals: RefusalLog;
  readonly place: LocationName;
}

/** The last use is told to the minute: not every call shall write to the disk. */
const LAST_USED_STEP_MS = 60_000;

/** API tokens of people and machines. */
export class TokenService {
  readonly #parts: AuthParts;

  constructor(parts: AuthParts) {
    this.#parts = parts;
  }

  /**
   * Who sends `Authorization: Bearer mkiot_…`. The other side learns one code, the operator's log the reason.
   *
   * @throws `TOKEN_MISSING`, `TOKEN_REFUSED`
   */
  async authenticate(headers: Headers, remoteAddress: string): Promise<Caller> {
    const { database, clock } = this.#parts;
    const header = headers.get('authorization');
    if (header === null) throw authError('TOKEN_MISSING');
    const token = parseApiToken(header.replace(/^bearer +/i, ''));
    if (token === undefined) throw this.#refused(remoteAddress, 'it is not a token of MkIoT');
    const found = await store.findToken(database.executor, token.id);
    if (found === undefined) throw this.#refused(remoteAddress, 'it is unknown or revoked', token.id);
    if (!timingSafeEqual(found.secretSha256, sha256(token.secret))) {
      throw this.#refused(remoteAddress, 'its secret is wrong', token.id);
    }
    const { record } = found;
    const nowMs = clock.now();
    if (record.expiresAtMs !== undefined && record.expiresAtMs <= nowMs) {
      throw this.#refused(remoteAddress, 'it has expired', token.id);
    }
    if (Math.abs(nowMs - (record.lastUsedAtMs ?? 0)) >= LAST_USED_STEP_MS) {
      // A disk that is full must not lock out whoever comes to mend it.
      await store.markTokenUsed(database.executor, record.id, nowMs).catch(() => undefined);
    }
    return tokenCaller(record);
  }

  /** @throws `TOKEN_EXCEEDS_CALLER`, `TOKEN_NAME_UNFIT`, `TOKEN_EXPIRY_PAST`, `TOKEN_REGISTRY_UNFIT` */
  async create(token: NewToken, caller: Caller): Promise<IssuedToken> {
    const excess = excessOver(caller, token);
    if (excess !== undefined) throw authError('TOKEN_EXCEEDS_CALLER', { excess });
    return this.#parts.database.transaction((executor) => this.issue(executor, token, caller.principal, 'createToken'));
  }

  /** As {@link create} without a look at the caller's rights: for the set-up code, which stands for an administrator. */
  async issue(executor: Executor, token: NewToken, principal: string, action: string): Promise<IssuedToken> {
    const { auditTrail, clock, randomFill } = this.#parts;
    const { name, role, registry, expiresAtMs } = token;
    const createdAtMs = clock.now();
    if (!isPrintableName(name)) throw authError('TOKEN_NAME_UNFIT', { max: NAME_CHARACTERS });
    if (expiresAtMs !== undefined && expiresAtMs <= createdAtMs) throw authError('TOKEN_EXPIRY_PAST');
    const text = newApiToken(randomFill);
    const record = { id: text.id, name, role, registry, createdAtMs, expiresAtMs, lastUsedAtMs: undefined };
    await store.insertToken(executor, record, sha256(text.secret));
    const after = { name, role, registry, expiresAtMs };
    await auditTrail.record(executor, { principal, action, resource: this.#resource(text.id), after });
    return { record, text: formatApiToken(text) };
  }

  list(): Promise<readonly TokenRecord[]> {
    return store.listTokens(this.#parts.database.executor);
  }

  /** From its commit on, the token is refused. Throws `TOKEN_NOT_FOUND`. */
  async revoke(id: string, principal: string): Promise<void> {
    const { database, auditTrail } = this.#parts;
    await database.transaction(async (executor) => {
      const found = await store.findToken(executor, id);
      if (found === undefined) throw authError('TOKEN_NOT_FOUND', { token: id });
      await store.deleteToken(executor, id);
      const { name, role, registry, expiresAtMs } = found.record;
      const before = { name, role, registry, expiresAtMs };
      await auditTrail.record(executor, { principal, action: 'revokeToken', resource: this.#resource(id), before });
    });
  }

  #resource(id: string): string {
    return `projects/${this.#parts.place.project}/tokens/${id}`;
  }

  #refused(remoteAddress: string, reason: string, tokenId?: string): Error {
    this.#parts.refusals.tell(remoteAddress, reason, tokenId);
    return authError('TOKEN_REFUSED');
  }
}

/** What a token would have that its maker has not; `undefined` when there is nothing. */
function excessOver(caller: Caller, { role, registry, expiresAtMs }: NewToken): string | undefined {
  const scope = scopeOf(registry);
  const missing = ROLES[role].find((permission) => !caller.allows(permission, scope));
  if (missing !== undefined) return `the permission ${missing}${registry === undefined ? ' everywhere' : ''}`;
  const { endsAtMs } = caller;
  return endsAtMs !== undefined && (expiresAtMs === undefined || expiresAtMs > endsAtMs) ? 'a longer life' : undefined;
}

function scopeOf(registry: string | undefined): PathParams {
  if (registry === undefined) return {};
  const name = parseRegistryName(registry);
  if (name === undefined) throw authError('TOKEN_REGISTRY_UNFIT');
  return { ...name };
}
