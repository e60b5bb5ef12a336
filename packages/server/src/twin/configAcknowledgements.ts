import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { acknowledgeConfig } from './configStore.ts';
import { GroupCommit } from '../store/groupCommit.ts';

/** A device's PUBACK of a config. */
export interface ConfigAcknowledgement {
  readonly numId: number;
  readonly version: number;
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
}

/** Notes acknowledgements; nobody waits for it. One that is lost comes again with the device's next session. */
export function configAcknowledgements(
  database: Pick<Database, 'transaction'>,
  logger: Pick<Logger, 'error'>,
): GroupCommit<ConfigAcknowledgement> {
  return new GroupCommit({
    database,
    batch: 1_000,
    async write(executor, acknowledgements) {
      for (const { numId, version, atMs } of acknowledgements) await acknowledgeConfig(executor, numId, version, atMs);
    },
    settled(acknowledgements, error) {
      if (error === undefined) return;
      logger.error({ acknowledgements: acknowledgements.length, err: error }, 'config acknowledgements were not noted');
    },
  });
}
