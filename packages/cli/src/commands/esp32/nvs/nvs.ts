import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { addNvsBuild } from './build.ts';
import { addNvsDecrypt } from './decrypt.ts';
import { addNvsGenerateKeys } from './generateKeys.ts';
import { addNvsParse } from './parse.ts';

export function addNvs(esp32: Command, cli: Cli): void {
  const nvs = addCommand(esp32, 'nvs', {
    summary: 'Read, build and decrypt partitions of non-volatile storage',
    details: 'What is in them are settings, Wi-Fi passwords, and often keys: treat the output as a secret.',
    examples: [
      'mkiot esp32 nvs parse nvs.bin',
      'mkiot esp32 nvs generate-keys --output nvs_keys.bin',
      'mkiot esp32 nvs build --size 0x6000 --keys nvs_keys.bin --output nvs.bin values.csv',
      'mkiot esp32 nvs decrypt --keys nvs_keys.bin --output plain.bin nvs.bin',
    ],
  });
  addNvsParse(nvs, cli);
  addNvsBuild(nvs, cli);
  addNvsDecrypt(nvs, cli);
  addNvsGenerateKeys(nvs, cli);
}
