import type { EventFilter } from '@mkiot/core/api/clientEvents';
import type { GlobalOptions } from '../../cli.ts';
import type { Names } from '../../names.ts';

/**
 * Which events are wanted. Here `--registry` and `--device` narrow: without them, events of all registries and devices
 * are meant. A whole device name brings its registry.
 */
export function eventFilter(options: GlobalOptions, names: Names, device: string | undefined): EventFilter {
  const isWhole = device?.includes('/') === true;
  const name = device === undefined ? undefined : names.device(device);
  const { registry } = isWhole && name !== undefined ? name : names.registry();
  return {
    ...((isWhole || options.registry !== undefined) && { registry }),
    ...(name && { device: name.device }),
  };
}
