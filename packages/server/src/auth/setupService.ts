import { base64UrlEncode } from '@mkiot/core/bytes/base64';
import { timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Executor } from '../store/database.ts';
import { sha256 } from './apiToken.ts';
import { AttemptLimit } from './attemptLimit.ts';
import { authError } from './authErrors.ts';
import type { AuthTables } from './migrations.ts';
import type { AuthParts, IssuedToken, TokenService } from './tokenService.ts';
import { hasTokens } from './tokenStore.ts';

const CODE_BYTES = 16;
const CODE_LIFETIME_MS = 3_600_000;
const FAILURES_ALLOWED = 10;
const FAILURE_WINDOW_MS = 600_000;

export interface SetupCode {
  /** 128 random bits in base64url: the fragment of the set-up link. */
  readonly code: string;
  readonly expiresAtMs: number;
}

/**
 * The one-time code by which an installation gets its first administrator: whoever has it gets a token of the role admin,
 * once, within an hour.
 */
export class SetupService {
  readonly #parts: AuthParts;
  readonly #tokens: TokenService;
  readonly #attempts: AttemptLimit;

  constructor(parts: AuthParts, tokens: TokenService) {
    this.#parts = parts;
    this.#tokens = tokens;
    this.#attempts = new AttemptLimit(parts.clock, FAILURES_ALLOWED, FAILURE_WINDOW_MS);
  }

  /** A code where nobody has a token yet: at the first start, and at each until one was taken. */
  async issueIfNobodyHasToken(): Promise<SetupCode | undefined> {
    return (await hasTokens(this.#parts.database.executor)) ? undefined : this.issue('local:start');
  }

  /** Makes a code; the one before it is worthless from then on. */
  async issue(principal: string): Promise<SetupCode> {
    const { database, auditTrail, clock, randomFill, place } = this.#parts;
    const code = base64UrlEncode(randomFill(new Uint8Array(CODE_BYTES)));
    const expiresAtMs = clock.now() + CODE_LIFETIME_MS;
    await database.transaction(async (executor) => {
      await tablesOf(executor).deleteFrom('setup_code').execute();
      const row = { code_sha256: sha256(code), expires_ms: expiresAtMs };
      await tablesOf(executor).insertInto('setup_code').values(row).execute();
      const resource = `projects/${place.project}/setupCode`;
      await auditTrail.record(executor, { principal, action: 'issueSetupCode', resource, after: { expiresAtMs } });
    });
    return { code, expiresAtMs };
  }

  /**
   * Trades the code for an administrator's token.
   *
   * @throws `SETUP_CODE_REFUSED` whatever is wrong with the code, `SETUP_ATTEMPTS_EXCEEDED`
   */
  async exchange(code: string, remoteAddress: string): Promise<IssuedToken> {
    if (this.#attempts.isExceeded(remoteAddress)) {
      const { windowMs } = this.#attempts;
      throw authError('SETUP_ATTEMPTS_EXCEEDED', { minutes: windowMs / 60_000, retryAfterSeconds: windowMs / 1_000 });
    }
    const issued = await this.#parts.database.transaction((executor) =>
      this.#tryExchange(executor, code, remoteAddress),
    );
    if (issued !== undefined) return issued;
    this.#attempts.fail(remoteAddress);
    throw authError('SETUP_CODE_REFUSED');
  }

  async #tryExchange(executor: Executor, code: string, remoteAddress: string): Promise<IssuedToken | undefined> {
    const { refusals, clock } = this.#parts;
    const row = await tablesOf(executor).selectFrom('setup_code').selectAll().executeTakeFirst();
    if (row === undefined || !timingSafeEqual(row.code_sha256, sha256(code))) {
      refusals.tell(remoteAddress, 'the set-up code is wrong or used');
      return undefined;
    }
    if (row.expires_ms <= clock.now()) {
      refusals.tell(remoteAddress, 'the set-up code has expired');
      return undefined;
    }
    await tablesOf(executor).deleteFrom('setup_code').execute();
    const token = { name: 'from the set-up link', role: 'admin' } as const;
    return this.#tokens.issue(executor, token, `setup-link (${remoteAddress})`, 'exchangeSetupCode');
  }
}

function tablesOf(executor: Executor): Kysely<AuthTables> {
  return executor.$extendTables<AuthTables>();
}
