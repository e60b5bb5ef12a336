import type { ContentKind } from '../../content/recogniseContent.ts';
import type { PublicKey } from '../../keys/keys.ts';
import type { Partition } from '../../partitionTable/partition.ts';
import type { BootLog } from '../bootLog/bootLog.ts';
import type { Sdkconfig } from '../sdkconfig/sdkconfig.ts';

/** A file as the user gave it. */
export interface InputFile {
  /** As the user named it: what findings say they come from. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a file turned out to be. */
export type AuditInput =
  /** Not read yet: some forms are alike on several chips, and another input may tell which it is. */
  | Recognised<'efuse', Uint8Array<ArrayBuffer>>
  | Recognised<'bootLog', BootLog>
  | Recognised<'sdkconfig', Sdkconfig>
  | Recognised<'partitionTable', readonly Partition[]>
  | Recognised<'flash', Uint8Array<ArrayBuffer>>
  | (Recognised<'contents', Uint8Array<ArrayBuffer>> & { readonly content: PartitionContent })
  | Recognised<'publicKey', PublicKey>;

/** What a file holds that is one partition alone. */
export type PartitionContent = Exclude<ContentKind, 'erased' | 'partition-table'> | 'esp-secure-cert';

export type InputKind = AuditInput['kind'];

interface Recognised<Kind extends string, Value> {
  readonly kind: Kind;
  readonly source: string;
  readonly value: Value;
}

/** Kinds of input in words, for errors and reports. */
export const INPUT_KINDS: Readonly<Record<InputKind, string>> = {
  efuse: 'eFuses',
  bootLog: 'boot log',
  sdkconfig: 'sdkconfig',
  partitionTable: 'partition table',
  flash: 'flash dump',
  contents: 'contents of one partition',
  publicKey: 'public key',
};
