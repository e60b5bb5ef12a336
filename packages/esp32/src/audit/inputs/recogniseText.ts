import { decodeNoisyText } from '../../bytes/decodeText.ts';
import type { PrivateKey, PublicKey } from '../../keys/keys.ts';
import { parsePemKey } from '../../keys/pemKeys.ts';
import { parsePartitionCsv } from '../../partitionTable/parsePartitionCsv.ts';
import { DEFAULT_PARTITION_TABLE_OFFSET } from '../../partitionTable/partition.ts';
import { parseBootLog } from '../bootLog/parseBootLog.ts';
import { parseSdkconfig } from '../sdkconfig/parseSdkconfig.ts';
import { type AuditInput, INPUT_KINDS, type InputFile, type InputKind } from './auditInput.ts';
import { inputError } from './inputErrors.ts';

interface TextForm {
  readonly kind: InputKind;
  /** A line that no other form has. */
  readonly mark: RegExp;
  readonly read: (file: InputFile, text: string) => AuditInput;
}

/** The first whose mark is in the text counts. */
const FORMS: readonly TextForm[] = [
  {
    kind: 'publicKey',
    mark: /^-----BEGIN [A-Z ]*KEY-----/m,
    read: ({ name: source }, text) => ({ kind: 'publicKey', source, value: publicHalf(parsePemKey(text)) }),
  },
  {
    // The entries of ESP-IDF's log, and what the ROMs say first.
    kind: 'bootLog',
    mark: /(?:^|[\s>\]m])[EWIDV] \([\d:.\- ]+\) [\w./-]+:|^ets (?:Jun|Jul) |\brst:0x[0-9a-f]+ \(|^ESP-ROM:|^invalid header: 0x/m,
    read: ({ name: source, bytes }) => ({ kind: 'bootLog', source, value: parseBootLog(bytes) }),
  },
  {
    // What every summary of espefuse has, and the lines of "espefuse dump".
    kind: 'efuse',
    mark: /^[ \t{]*"?(?:FLASH|SPI_BOOT)_CRYPT_CNT\b|^\w+ +\(.*\) \[\d+ *\] (?:dump|read_regs): /m,
    read: ({ name: source, bytes: value }) => ({ kind: 'efuse', source, value }),
  },
  {
    kind: 'sdkconfig',
    mark: /^(?:# )?CONFIG_\w+(?:=| is not set)/m,
    read: ({ name: source }, text) => ({ kind: 'sdkconfig', source, value: parseSdkconfig(text) }),
  },
  {
    kind: 'partitionTable',
    mark: /^[^#,\n]{1,40},[ \t]*(?:app|data|bootloader|partition_table|0x[0-9a-f]+|\d+)[ \t]*,[ \t]*\w+[ \t]*,/im,
    read: ({ name: source, bytes }) => ({ kind: 'partitionTable', source, value: readCsv(bytes) }),
  },
];

/**
 * What a text is, by its marks.
 *
 * @returns undefined for a text that is none of the forms
 * @throws `AUDIT_INPUT_BROKEN`
 */
export function recogniseText(file: InputFile): AuditInput | undefined {
  const text = decodeNoisyText(file.bytes);
  const form = FORMS.find(({ mark }) => mark.test(text));
  return form && readAs(form.kind, file, () => form.read(file, text));
}

/** Reads a file whose marks say what it is. @throws `AUDIT_INPUT_BROKEN`, with what was thrown as its cause */
export function readAs<Result>(kind: InputKind, { name: source }: Pick<InputFile, 'name'>, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw inputError('AUDIT_INPUT_BROKEN', { source, kind: INPUT_KINDS[kind], reason }, error);
  }
}

/** No text of these forms is longer. */
const MAX_TEXT_BYTES = 0x800000;
/** A recording of a serial line may hold some noise. */
const MOST_NOISE = 0.05;

/** Whether nearly all bytes are of a text. */
export function isText(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_TEXT_BYTES) return false;
  const [first, second, third] = bytes;
  // A page of NVS begins with the mark of UTF-16 too, but goes on with 0xff.
  const isUtf16 = third !== 0xff && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff));
  return isUtf16 || bytes.reduce((noise, byte) => noise + (isNoise(byte) ? 1 : 0), 0) <= bytes.length * MOST_NOISE;
}

/** Control characters but tab, line ends and the ESC of colours; and bytes that UTF-8 never has. */
function isNoise(byte: number): boolean {
  return byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b) || byte === 0x7f || byte > 0xf7;
}

/** The names in `$NAME` and where the bootloader lies are the project's: they say nothing about secrets. */
function readCsv(bytes: Uint8Array): ReturnType<typeof parsePartitionCsv> {
  const primaryBootloaderOffset = 0x1000;
  return parsePartitionCsv(bytes, {
    tableOffset: DEFAULT_PARTITION_TABLE_OFFSET,
    primaryBootloaderOffset,
    recoveryBootloaderOffset: primaryBootloaderOffset,
    variables: {},
  });
}

function publicHalf(key: PublicKey | PrivateKey): PublicKey {
  if (key.kind === 'RSA') return { kind: 'RSA', n: key.n, e: key.e };
  return { kind: 'EC', curve: key.curve, x: key.x, y: key.y };
}
