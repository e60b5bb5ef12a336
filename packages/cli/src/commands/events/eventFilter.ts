import type { EventFilter } from '@mkiot/core/api/clientEvents';
import type { GlobalOptions } from '../../cli.ts';
import type { Names } from '../../names.ts';

/**
 * Which events are wanted. Without `--device` and `--registry` those of all registries; a short device name means one of
 * the default registry here too.
 */
export function eventFilter(options: GlobalOptions, names: Names, device: string | undefined): EventFilter {
  if (device !== undefined) {
    const { registry, device: id } = names.device(device);
    return { registry, device: id };
  }
  return options.registry === undefined ? {} : { registry: names.registry().registry };
}
