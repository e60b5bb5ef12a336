import { toHexOffset } from '../bytes/hexOffset.ts';
import { PARTITION_SUBTYPES, PARTITION_TABLE_SECTOR, PARTITION_TYPES } from './partition.ts';
import { partitionError } from './partitionErrors.ts';

/** What a CSV leaves to the project that it is of. */
export interface PartitionCsvContext {
  readonly tableOffset: number;
  readonly primaryBootloaderOffset?: number | undefined;
  readonly recoveryBootloaderOffset?: number | undefined;
  /** Values of `$NAME` and `${NAME}`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Bootloaders and partition tables lie where the project has them, whatever the line says. */
export function fixedPlace(
  type: number,
  subtype: number,
  line: number,
  context: PartitionCsvContext,
): { readonly offset?: number | undefined; readonly size?: number } {
  const { tableOffset, primaryBootloaderOffset, recoveryBootloaderOffset } = context;
  if (type === PARTITION_TYPES.partition_table) {
    return { offset: subtype === 0 ? tableOffset : undefined, size: PARTITION_TABLE_SECTOR };
  }
  if (type !== PARTITION_TYPES.bootloader) return {};
  const isRecovery = subtype === PARTITION_SUBTYPES[type]?.['recovery'];
  if (isRecovery && recoveryBootloaderOffset === undefined) throw missingOffset(line, 'Recovery');
  if (primaryBootloaderOffset === undefined) throw missingOffset(line, 'Primary');
  const size = tableOffset - primaryBootloaderOffset;
  if (size <= 0) throw bootloaderAboveTable(line, primaryBootloaderOffset, tableOffset);
  if (isRecovery) return { offset: recoveryBootloaderOffset, size };
  return subtype === 0 ? { offset: primaryBootloaderOffset, size } : { size };
}

function missingOffset(line: number, which: 'Primary' | 'Recovery'): Error {
  const option = `--${which.toLowerCase()}-bootloader-offset`;
  const says = `${which} bootloader offset is not defined. Please use ${option}`;
  return partitionError('PARTITION_CSV', { line, says });
}

function bootloaderAboveTable(line: number, bootloader: number, table: number): Error {
  const options = `--primary-bootloader-offset=${toHexOffset(bootloader)} and --offset=${toHexOffset(table)}`;
  const says = `Unsupported configuration. Primary bootloader must be below partition table. Check ${options}`;
  return partitionError('PARTITION_CSV', { line, says });
}
