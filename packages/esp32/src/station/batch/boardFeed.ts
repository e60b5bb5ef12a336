import { type Clock, delay } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { connectLoader } from '../../serial/connectLoader.ts';
import type { RomLoader } from '../../serial/romLoader.ts';
import type { SerialPort } from '../../serial/serialPort.ts';
import { enterLoader } from '../enterLoader.ts';
import type { StationPorts } from '../job.ts';
import { identifyUnit } from '../unit.ts';

/** A place at the bench for one board at a time. */
export interface Place {
  /** The port, as the user has named it. */
  readonly name: string;
  /** Opens its port. @throws as the port does */
  readonly open: () => Promise<SerialPort & AsyncDisposable>;
}

/** A board in its place; its port is open until it is disposed of. */
export interface Board {
  readonly serial: SerialPort & AsyncDisposable;
  /** Undefined: its loader is closed or silent, and tells no address. */
  readonly mac: string | undefined;
  /** Why there is no address. */
  readonly refusal: MkiotError | undefined;
}

/** Where the boards come from. */
export interface BoardFeed {
  /**
   * The next board in a place.
   *
   * @param last the address of the board that was there before
   * @returns undefined when no more shall be begun
   */
  next(place: Place, last: string | undefined, stop: AbortSignal): Promise<Board | undefined>;
}

/** Boards that a person puts in, telling so each time. */
export function boardsOnKey(
  pressed: (place: Place, stop: AbortSignal) => Promise<boolean>,
  ports: Pick<StationPorts, 'clock' | 'onProgress'>,
): BoardFeed {
  return {
    async next(place, _last, stop) {
      if (!(await pressed(place, stop))) return undefined;
      // A board that a person has put in is there: when it is silent, its loader may be closed.
      return boardAt(place, (serial) => enterLoader({ ...ports, serial }), ['UNIT_CLOSED', 'LOADER_SILENT']);
    },
  };
}

/** So often a place is looked at. A board that is done and still there is reset by it each time. */
const LOOK_MS = 2_000;

/** Boards as they are there: one is begun with when it answers, and waited for until it is taken away when it was done. */
export function boardsAsTheyCome(clock: Clock): BoardFeed {
  return {
    async next(place, last, stop) {
      // What has just been done may have closed its loader.
      let isThere = last !== undefined;
      while (!stop.aborted) {
        const board = await boardAt(place, (serial) => connectLoader(serial, clock), ['UNIT_CLOSED']).catch(gone);
        const isAnother = board !== undefined && board.mac !== undefined && board.mac !== last;
        if (board !== undefined && (isAnother || !isThere)) return board;
        isThere = board !== undefined;
        await board?.serial[Symbol.asyncDispose]();
        await delay(clock, LOOK_MS, stop);
      }
      return undefined;
    },
  };
}

/** @param closed codes of errors by which a board is there, but tells no address */
async function boardAt(
  place: Place,
  connect: (serial: SerialPort) => Promise<RomLoader>,
  closed: readonly string[],
): Promise<Board> {
  const serial = await place.open();
  try {
    const { mac } = await identifyUnit(await connect(serial));
    return { serial, mac, refusal: undefined };
  } catch (error) {
    if (error instanceof MkiotError && closed.includes(error.code)) return { serial, mac: undefined, refusal: error };
    await serial[Symbol.asyncDispose]();
    throw error;
  }
}

/** No port, nobody who answers, or a plug that is being put in: there is no board yet. */
function gone(error: unknown): undefined {
  const isGone = error instanceof MkiotError && (error.status === 'UNAVAILABLE' || GONE.has(error.code));
  if (!isGone) throw error;
}

/** A board with an own USB port takes it away with it. */
const GONE: ReadonlySet<string> = new Set(['PORT_NOT_FOUND', 'LOADER_GARBLED']);
