import { randomBytes } from 'node:crypto';
import type { Login } from '../load/job.ts';

/** A login of the servers that know devices by a user name, which is also the client id, and a password. */
export type PasswordLogin = Extract<Login, { password: string }>;

/** A login with a password that nobody can guess. */
export function passwordLogin(name: string): PasswordLogin {
  return { clientId: name, deviceId: name, password: randomBytes(16).toString('hex') };
}

/** The devices of a server. */
export function deviceLogins(count: number): readonly PasswordLogin[] {
  return Array.from({ length: count }, (_, index) => passwordLogin(`device-${index}`));
}
