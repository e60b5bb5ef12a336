/** Picks an integer from 0 to `count - 1`: a property test's source of bad luck. */
export type Choose = (count: number) => number;

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly length: number };

/** The bytes of one file twice over: as programs see them, and as they lie on the disk. */
export class MemoryFile {
  #seen: Uint8Array = new Uint8Array();
  #onDisk: Uint8Array;
  #unsynced: Change[] = [];

  constructor(onDisk: Uint8Array = new Uint8Array()) {
    this.#onDisk = onDisk;
    this.#seen = onDisk;
  }

  get bytes(): Uint8Array {
    return this.#seen;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#change({ kind: 'write', position, bytes: Uint8Array.from(bytes) });
  }

  truncate(length: number): void {
    this.#change({ kind: 'truncate', length });
  }

  /** What has been written since the last sync is now on the disk. */
  sync(): void {
    for (const change of this.#unsynced) this.#onDisk = apply(this.#onDisk, change);
    this.#unsynced = [];
  }

  /**
   * As Linux does after an error of the disk: a share of what was unsynced has reached it, the rest counts as written
   * although it never will be; programs go on seeing it.
   */
  failSync(share: number): void {
    const reached = Math.floor(this.#unsynced.length * share);
    for (const change of this.#unsynced.slice(0, reached)) this.#onDisk = apply(this.#onDisk, change);
    this.#unsynced = [];
  }

  /** What is found after a power cut: each unsynced change may be there, or not, or in part. */
  afterPowerCut(choose: Choose): MemoryFile {
    let onDisk = this.#onDisk;
    for (const change of this.#unsynced) {
      for (const part of partsThatSurvive(change, choose)) onDisk = apply(onDisk, part);
    }
    return new MemoryFile(onDisk);
  }

  #change(change: Change): void {
    this.#seen = apply(this.#seen, change);
    this.#unsynced.push(change);
  }
}

function partsThatSurvive(change: Change, choose: Choose): readonly Change[] {
  if (change.kind === 'truncate') return choose(2) === 0 ? [] : [change];
  const { position, bytes } = change;
  const piece = (): { readonly from: number; readonly to: number } => {
    const from = choose(bytes.length + 1);
    return { from, to: from + choose(bytes.length - from + 1) };
  };
  switch (choose(5)) {
    case 0: // nothing
      return [];
    case 1: // all of it
      return [change];
    case 2: {
      // a piece of it, and zeros before if it reaches past the end
      const { from, to } = piece();
      return [{ kind: 'write', position: position + from, bytes: bytes.subarray(from, to) }];
    }
    case 3: // the length only: the file system knew of the new blocks, their content never came
      return [{ kind: 'write', position, bytes: new Uint8Array(bytes.length) }];
    default: {
      // all but a piece
      const { from, to } = piece();
      return [
        { kind: 'write', position, bytes: bytes.subarray(0, from) },
        { kind: 'write', position: position + to, bytes: bytes.subarray(to) },
      ];
    }
  }
}

function apply(before: Uint8Array, change: Change): Uint8Array {
  if (change.kind === 'truncate') return resized(before, change.length);
  if (change.bytes.length === 0) return before;
  const after = resized(before, Math.max(before.length, change.position + change.bytes.length));
  after.set(change.bytes, change.position);
  return after;
}

function resized(bytes: Uint8Array, length: number): Uint8Array {
  const other = new Uint8Array(length);
  other.set(bytes.subarray(0, length));
  return other;
}
