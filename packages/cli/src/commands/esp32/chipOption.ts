import type { Chip } from '@mkiot/esp32/chips/chip';
import { CHIPS } from '@mkiot/esp32/chips/chips';
import { usageError } from '../../usageErrors.ts';

/** Reads the name of a chip after `--chip`: `esp32s3`, or as people write it, `ESP32-S3`. */
export function chipNamed(value: string): Chip {
  const plain = value.toLowerCase().replace('-', '');
  const chip = Object.values(CHIPS).find(({ name }) => name === plain);
  if (chip !== undefined) return chip;
  throw usageError('ARGUMENT_WRONG', { argument: '--chip', value, allowed: `one of ${Object.keys(CHIPS).join(', ')}` });
}
