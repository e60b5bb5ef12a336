/** Something of the chip that software reaches through registers. */
export interface Registers {
  /** First address. */
  readonly start: number;
  /** The first address behind it. */
  readonly end: number;
  /** The word at `address`, which is a multiple of 4. */
  read(address: number): number;
  write(address: number, value: number): void;
}

/**
 * The address space of a chip, word by word. What no part of the virtual chip listens to is memory that keeps what is
 * written to it until the next reset.
 */
export class RegisterBus {
  readonly #parts: readonly Registers[];
  readonly #memory: Map<number, number>;

  /** @param initial words that are there without being written */
  constructor(parts: readonly Registers[], initial: Readonly<Record<number, number>>) {
    this.#parts = parts;
    this.#memory = new Map(Object.entries(initial).map(([address, value]) => [Number(address), value]));
  }

  read(address: number): number {
    return this.#partAt(address)?.read(address) ?? this.#memory.get(address) ?? 0;
  }

  write(address: number, value: number): void {
    const part = this.#partAt(address);
    if (part === undefined) this.#memory.set(address, value >>> 0);
    else part.write(address, value >>> 0);
  }

  /** Changes the bits under `mask`. */
  update(address: number, value: number, mask: number): void {
    this.write(address, mask === 0xffffffff ? value : (this.read(address) & ~mask) | (value & mask));
  }

  /** Stores bytes, the first of them at `address`, a multiple of 4. */
  load(address: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 4) {
      const [low = 0, second = 0, third = 0, high = 0] = bytes.subarray(at, at + 4);
      this.write(address + at, low + second * 0x100 + third * 0x10000 + high * 0x1000000);
    }
  }

  #partAt(address: number): Registers | undefined {
    return this.#parts.find(({ start, end }) => address >= start && address < end);
  }
}
