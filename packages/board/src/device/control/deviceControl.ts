import { equalBytes } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Emit } from '../deviceEvents.ts';
import { type CommandTarget, runCommand } from './commands.ts';
import type { ConfigStore } from './configStore.ts';
import { type DeviceConfig, parseDeviceConfig } from './deviceConfig.ts';
import type { ReceivedCommand } from './deviceState.ts';

/** How many commands are remembered, for the state. */
const COMMANDS_REMEMBERED = 10;

export interface DeviceControlOptions {
  readonly clock: Clock;
  readonly configStore: ConfigStore;
  /** Names of the sensors that a config may speak of. */
  readonly sensors: readonly string[];
  readonly commandTarget: CommandTarget;
  /** Puts a config into force that differs from the one before. */
  readonly applyConfig: (config: DeviceConfig) => void;
  readonly emit: Emit;
}

/** What the cloud tells a device: its config and commands, and what became of them. */
export class DeviceControl {
  readonly #options: DeviceControlOptions;
  #config: DeviceConfig;
  #configError: MkiotError | undefined;
  #savedConfig: Uint8Array = new Uint8Array();
  #commandsReceived = 0;
  #commands: readonly ReceivedCommand[] = [];

  constructor(options: DeviceControlOptions) {
    this.#options = options;
    this.#config = parseDeviceConfig(new Uint8Array(), options.sensors);
  }

  /** The config in force. */
  get config(): DeviceConfig {
    return this.#config;
  }

  /** Why the newest config is not in force. */
  get configError(): MkiotError | undefined {
    return this.#configError;
  }

  get commandsReceived(): number {
    return this.#commandsReceived;
  }

  /** The last ones, oldest first. */
  get commands(): readonly ReceivedCommand[] {
    return this.#commands;
  }

  /** Puts the config into force that was saved before the restart. */
  async restoreConfig(): Promise<void> {
    const { configStore, emit } = this.#options;
    try {
      this.#savedConfig = await configStore.load();
    } catch (cause) {
      emit({ type: 'storageFailed', cause });
    }
    this.#tryConfig(this.#savedConfig);
  }

  /** A config that cannot be understood changes nothing; it is remembered why. */
  async receiveConfig(bytes: Uint8Array): Promise<void> {
    const { configStore, emit } = this.#options;
    if (!this.#tryConfig(bytes)) return;
    emit({ type: 'configApplied', bytes: bytes.length });
    // Every session brings the config again, and flash wears out.
    if (equalBytes(bytes, this.#savedConfig)) return;
    try {
      const copy = bytes.slice();
      await configStore.save(copy);
      this.#savedConfig = copy;
    } catch (cause) {
      emit({ type: 'storageFailed', cause });
    }
  }

  receiveCommand(payload: Uint8Array): void {
    const { clock, commandTarget, emit } = this.#options;
    const outcome = runCommand(payload, commandTarget);
    this.#commandsReceived += 1;
    this.#commands = [...this.#commands, { timeMs: clock.now(), outcome }].slice(-COMMANDS_REMEMBERED);
    const { command, result } = outcome;
    emit({ type: 'command', command, error: result instanceof MkiotError ? result : undefined });
  }

  /** False when `bytes` are no config for this device. */
  #tryConfig(bytes: Uint8Array): boolean {
    const { sensors, applyConfig, emit } = this.#options;
    try {
      const config = parseDeviceConfig(bytes, sensors);
      const isNew = JSON.stringify(config) !== JSON.stringify(this.#config);
      this.#config = config;
      this.#configError = undefined;
      if (isNew) applyConfig(config);
      return true;
    } catch (error) {
      if (!(error instanceof MkiotError)) throw error;
      this.#configError = error;
      emit({ type: 'configRefused', bytes: bytes.length, error });
      return false;
    }
  }
}
