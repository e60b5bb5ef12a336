import { Option } from 'commander';

export type SecureBootVersion = 'v1' | 'v2';

export function secureOption(): Option {
  return new Option('--secure <version>', 'version of secure boot').choices(['v1', 'v2']).default('v2');
}
