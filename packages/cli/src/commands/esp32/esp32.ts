import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addEfuse } from './efuse.ts';
import { addFlash } from './flash.ts';
import { addImage } from './image.ts';
import { addNvs } from './nvs/nvs.ts';
import { addOtaImage } from './otaImage.ts';
import { addOtadata } from './otadata.ts';
import { addPartition } from './partition.ts';
import { addPlan } from './plan.ts';
import { addSecureBoot } from './secureBoot/secureBoot.ts';

export function addEsp32(program: Command, cli: Cli): void {
  const esp32 = addCommand(program, 'esp32', {
    summary: 'Read and write the security formats of ESP32 chips',
    details: 'Works on files alone: no chip, no server.',
    examples: [
      'mkiot esp32 efuse summary efuse.txt',
      'mkiot esp32 flash decrypt --keyfile flash.key --address 0x10000 --output app.bin dump.bin',
    ],
  });
  addEfuse(esp32, cli);
  addFlash(esp32, cli);
  addImage(esp32, cli);
  addNvs(esp32, cli);
  addOtaImage(esp32, cli);
  addOtadata(esp32, cli);
  addPartition(esp32, cli);
  addPlan(esp32, cli);
  addSecureBoot(esp32, cli);
}
