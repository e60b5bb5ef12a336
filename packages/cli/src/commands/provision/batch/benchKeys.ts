import type { Place } from '@mkiot/esp32/station/batch/boardFeed';
import type { TerminalInput } from '../../../ports.ts';

const KEYS = '123456789abcdefghijklmnopqrstuvwxyz';

/** The key of a place at the bench, by its number from 0. */
export function keyOf(index: number): string {
  return KEYS[index] ?? '';
}

/** As many places as there are keys. */
export const MAX_PLACES: number = KEYS.length;

/** The keyboard of a bench: a key for each place, and Enter for the one that waits longest. */
export class BenchKeys implements Disposable {
  readonly #input: TerminalInput;
  readonly #places: readonly Place[];
  readonly #waiting = new Map<Place, (isPressed: boolean) => void>();
  #listening: Disposable | undefined;

  constructor(input: TerminalInput, places: readonly Place[]) {
    this.#input = input;
    this.#places = places;
    this.#listen();
  }

  /** Resolves when the key of a place is pressed: to false when no board is to be begun any more. */
  pressed(place: Place, stop: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const onStop = (): void => end(false);
      const end = (isPressed: boolean): void => {
        stop.removeEventListener('abort', onStop);
        this.#waiting.delete(place);
        resolve(isPressed);
      };
      if (stop.aborted) {
        resolve(false);
        return;
      }
      stop.addEventListener('abort', onStop);
      this.#waiting.set(place, end);
    });
  }

  /** Asks for a line, in which the keys of places are letters. */
  async ask(question: string): Promise<string> {
    this.#listening?.[Symbol.dispose]();
    try {
      return await this.#input.ask(question);
    } finally {
      this.#listen();
    }
  }

  [Symbol.dispose](): void {
    this.#listening?.[Symbol.dispose]();
  }

  #listen(): void {
    this.#listening = this.#input.onKey((key) => {
      const [longest] = this.#waiting.keys();
      const named = key === '' ? undefined : this.#places[KEYS.indexOf(key.toLowerCase())];
      const place = key === '\r' || key === '\n' ? longest : named;
      if (place !== undefined) this.#waiting.get(place)?.(true);
    });
  }
}
