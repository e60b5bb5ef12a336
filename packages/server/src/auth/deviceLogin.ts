import type { Clock } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { LoginAttempt, LoginVerdict, Session } from '../bridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import type { DeviceEntrance, DeviceProtocol } from './deviceEntrance.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';
import type { DeviceTokens } from './deviceTokens.ts';
import type { LoginVerdicts } from './loginVerdicts.ts';

export interface DeviceLoginParts {
  readonly entrance: DeviceEntrance;
  readonly tokens: DeviceTokens;
  readonly verdicts: LoginVerdicts;
  readonly clock: Clock;
}

const NO_PASSWORD = new Uint8Array(0);

/**
 * Decides by a token who a CONNECT packet or an HTTP call comes from, in the order client id, project, registry, device,
 * token.
 */
export class DeviceLogin {
  readonly #parts: DeviceLoginParts;

  constructor(parts: DeviceLoginParts) {
    this.#parts = parts;
  }

  async authenticate(attempt: LoginAttempt, protocol: DeviceProtocol = 'MQTT'): Promise<LoginVerdict<DevicePrincipal>> {
    const { entrance, tokens, verdicts, clock } = this.#parts;
    const { clientId, password = NO_PASSWORD } = attempt;
    const recalled = entrance.recall(clientId, protocol);
    const login = recalled && (await tokens.verify(password, recalled, clock.now()));
    if (login !== undefined && !(login instanceof MkiotError)) return verdicts.decide(attempt, login.device, login);
    // Whoever is refused has cost one query and one check: no time tells which devices there are, or came lately.
    const entered = entrance.lookUp(clientId, protocol);
    return verdicts.decide(attempt, entered.device, login ?? (await tokens.verify(password, entered, clock.now())));
  }

  /** Decides whether `token` renews `session`: it has to be one that opens a session of the same device now. */
  async renew(session: Session<DevicePrincipal>, token: Uint8Array): Promise<LoginVerdict<DevicePrincipal>> {
    const { entrance, tokens, verdicts, clock } = this.#parts;
    const { clientId, remoteAddress, principal } = session;
    const entered = entrance.lookUp(clientId, 'MQTT');
    const login = await tokens.verify(token, entered, clock.now());
    // The name of a device that was deleted may be another one's by now.
    const isOther = !(login instanceof MkiotError) && login.device.numId !== principal.key;
    const attempt = { clientId, userName: undefined, password: undefined, remoteAddress };
    return verdicts.decide(attempt, entered.device, isOther ? deviceLoginError('RENEWAL_OF_ANOTHER_DEVICE') : login);
  }
}
