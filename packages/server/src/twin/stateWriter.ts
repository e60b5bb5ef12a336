import { LIMITS } from '@mkiot/core/contract/limits';
import type { Logger } from 'pino';
import type { CloseReason } from '../bridge/hooks.ts';
import type { Database } from '../store/database.ts';
import { GroupCommit } from '../store/groupCommit.ts';
import { STATE_BACKLOG_FULL, STATE_NOT_STORED } from './stateCloseReasons.ts';
import { insertStates, type NewState } from './stateStore.ts';

/** The fate of one state, told when it is known: `undefined` when it is on disk. */
export type StateSettled = (refusal: CloseReason | undefined) => void;

interface WaitingState extends NewState {
  readonly settled: StateSettled;
}

const BATCH = 500;

/** Stores states, those of one moment together. What waits for the disk is bounded. */
export class StateWriter {
  readonly #states: GroupCommit<WaitingState>;
  readonly #logger: Pick<Logger, 'error'>;
  readonly #maxWaitingBytes: number;
  #waitingBytes = 0;

  constructor(
    database: Pick<Database, 'transaction'>,
    logger: Pick<Logger, 'error'>,
    maxWaitingBytes = 16 * 1024 * 1024,
  ) {
    this.#logger = logger;
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#states = new GroupCommit<WaitingState>({
      database,
      batch: BATCH,
      write: (executor, states) => insertStates(executor, states, LIMITS.statesKept),
      settled: (states, error) => this.#settle(states, error),
    });
  }

  /** Takes a copy of `payload`. */
  write(numId: number, payload: Uint8Array, updateMs: number, settled: StateSettled): void {
    if (this.#waitingBytes + payload.length > this.#maxWaitingBytes) {
      settled(STATE_BACKLOG_FULL);
      return;
    }
    this.#waitingBytes += payload.length;
    this.#states.add({ numId, payload: new Uint8Array(payload), updateMs, settled });
  }

  /** Resolves when every state taken so far has been settled. */
  idle(): Promise<void> {
    return this.#states.idle();
  }

  #settle(states: readonly WaitingState[], error: unknown): void {
    if (error !== undefined) this.#logger.error({ states: states.length, err: error }, 'device states were not stored');
    for (const { payload, settled } of states) {
      this.#waitingBytes -= payload.length;
      settled(error === undefined ? undefined : STATE_NOT_STORED);
    }
  }
}
