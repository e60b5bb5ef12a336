import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { Role } from '@mkiot/core/contract/permissions';
import { AuditTrail } from '../auditTrail/auditTrail.ts';
import { auditTrailMigrations } from '../auditTrail/migrations.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { localAdmin } from './callers.ts';
import { authMigrations } from './migrations.ts';
import { RefusalLog } from './refusalLog.ts';
import { SetupService } from './setupService.ts';
import { type AuthParts, TokenService } from './tokenService.ts';

export const PLACE = { project: 'mkiot-abc123', location: 'local' };

export interface AuthBench extends AsyncDisposable {
  readonly parts: AuthParts & { readonly clock: VirtualClock };
  readonly tokens: TokenService;
  readonly setup: SetupService;
  /** What the operator's log was told of refused callers. */
  readonly refused: { readonly address: string; readonly reason: string; readonly tokenId?: string }[];
  /** Text of a new token. */
  readonly tokenOf: (role: Role, registry?: string) => Promise<string>;
}

/** Tokens and set-up code on a database of their own. `await using bench = await authBench()`. */
export async function authBench(file = ':memory:'): Promise<AuthBench> {
  const database = new Database(file);
  await migrate(database, file, { ...auditTrailMigrations, ...authMigrations });
  const clock = new VirtualClock(Date.UTC(2026, 10, 22));
  const auditTrail = new AuditTrail(database, new Uint8Array(32).fill(1), clock);
  const refused: AuthBench['refused'] = [];
  const refusals = new RefusalLog(clock, { warn: (entry: AuthBench['refused'][number]) => void refused.push(entry) });
  const parts = { database, auditTrail, clock, randomFill, refusals, place: PLACE };
  const tokens = new TokenService(parts);
  return {
    parts,
    tokens,
    setup: new SetupService(parts, tokens),
    refused,
    tokenOf: async (role, registry) => (await tokens.create({ name: role, role, registry }, localAdmin('test'))).text,
    [Symbol.asyncDispose]: () => database.close(),
  };
}

export function bearer(token: string): Headers {
  return new Headers({ authorization: `Bearer ${token}` });
}
