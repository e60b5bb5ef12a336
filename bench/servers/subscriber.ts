import type { IClientOptions } from 'mqtt';
import type { PasswordLogin } from './passwordLogin.ts';

/** What all devices publish. */
export const ALL_DEVICES = '/devices/#';

/** How somebody connects who subscribes to {@link ALL_DEVICES}: his session outlives his connection, so that nothing is lost. */
export function subscriberOptions(port: number, authority: string, login: PasswordLogin): IClientOptions {
  return {
    protocol: 'mqtts',
    host: 'localhost',
    port,
    ca: authority,
    clientId: login.clientId,
    username: login.deviceId,
    password: login.password,
    clean: false,
  };
}
