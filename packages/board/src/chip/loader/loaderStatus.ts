// How the loaders say what went wrong (Espressif, esptool documentation, "Serial Protocol", "Status Bytes").

/** Each failure with its byte in the ROM and in the stub. */
const FAILURES = {
  command: { rom: 0x05, stub: 0xc3 },
  length: { rom: 0x05, stub: 0xc0 },
  checksum: { rom: 0x07, stub: 0xc1 },
  parameter: { rom: 0x01, stub: 0xc2 },
  /** A packet out of its turn, or one that no BEGIN announced. */
  order: { rom: 0x06, stub: 0xc6 },
  flashWrite: { rom: 0x08, stub: 0xc4 },
  flashRead: { rom: 0x09, stub: 0xc4 },
  readLength: { rom: 0x0a, stub: 0xc2 },
  inflate: { rom: 0x0b, stub: 0xc7 },
  tooLittle: { rom: 0x06, stub: 0xc8 },
  tooMuch: { rom: 0x06, stub: 0xc9 },
  ramAddress: { rom: 0x0f, stub: 0xc2 },
} as const;

export type LoaderFailureKind = keyof typeof FAILURES;

/** Whether the loader in ROM answers or the stub that a tool has uploaded. */
export type LoaderDialect = 'rom' | 'stub';

/** A command that the loader refuses: the tool gets its status, nobody else an error. */
export class LoaderFailure extends Error {
  override readonly name = 'LoaderFailure';
  readonly kind: LoaderFailureKind;

  constructor(kind: LoaderFailureKind) {
    super(kind);
    this.kind = kind;
  }
}

/** The status bytes at the end of a response. */
export function statusBytes(dialect: LoaderDialect, failure: LoaderFailureKind | undefined): Uint8Array<ArrayBuffer> {
  const status = new Uint8Array(dialect === 'rom' ? 4 : 2);
  if (failure !== undefined) status.set([1, FAILURES[failure][dialect]]);
  return status;
}
