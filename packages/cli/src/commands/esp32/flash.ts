import { toHexOffset } from '@mkiot/esp32/bytes/hexOffset';
import { esp32FlashCipher, FLASH_CRYPT_CONFIG_ALL } from '@mkiot/esp32/flashEncryption/esp32FlashCipher';
import { FLASH_BLOCK_BYTES, type FlashCipher } from '@mkiot/esp32/flashEncryption/flashCipher';
import { flashEncryptionError } from '@mkiot/esp32/flashEncryption/flashEncryptionErrors';
import { xtsFlashCipher } from '@mkiot/esp32/flashEncryption/xtsFlashCipher';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Command } from 'commander';
import { wholeNumberOrHex } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand, type CommandHelp } from '../../commandHelp.ts';
import { readNamedFile, writeNewFile } from '../../namedFile.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';

interface FlashOptions {
  readonly keyfile: string;
  readonly address: number;
  readonly flashCryptConf: number;
  readonly aesXts?: boolean;
  readonly output: string;
}

export function addFlash(esp32: Command, cli: Cli): void {
  const flash = addCommand(esp32, 'flash', {
    summary: 'Encrypt and decrypt flash contents as the chip does it',
    details:
      'Without --aes-xts it is the original ESP32; all later chips use XTS-AES. Options are those of espsecure. The ' +
      'cipher of the original ESP32 is not constant-time: use it on a machine of your own.',
    examples: ['mkiot esp32 flash encrypt --keyfile flash.key --address 0x10000 --output app.enc app.bin'],
  });
  addDirection(flash, cli, 'encrypt', {
    summary: 'Encrypt a file for one address in flash',
    examples: [
      'mkiot esp32 flash encrypt --keyfile flash.key --address 0x10000 --output app.enc app.bin',
      'mkiot esp32 flash encrypt --aes-xts --keyfile flash.key --address 0x10000 --output app.enc app.bin',
    ],
  });
  addDirection(flash, cli, 'decrypt', {
    summary: 'Decrypt what was read from one address in flash',
    details: 'With a wrong key, address or scheme the result is noise: neither cipher can tell.',
    examples: ['mkiot esp32 flash decrypt --keyfile flash.key --address 0x10000 --output app.bin app.enc'],
  });
}

function addDirection(flash: Command, cli: Cli, direction: keyof FlashCipher, help: CommandHelp): void {
  addCommand(flash, direction, help)
    .argument('<file>', direction === 'encrypt' ? 'plaintext' : 'ciphertext')
    .requiredOption('--keyfile <file>', 'the flash encryption key: 32 or 24 bytes; with --aes-xts 16, 32 or 64')
    .requiredOption('--address <address>', 'flash address of the first byte', flashAddress)
    .option(
      '--flash-crypt-conf <value>',
      'eFuse FLASH_CRYPT_CONFIG (original ESP32)',
      cryptConfig,
      FLASH_CRYPT_CONFIG_ALL,
    )
    .option('--aes-xts', 'a later chip than the original ESP32')
    .requiredOption('--output <file>', 'write the result to this file')
    .action(async (input: string, options: FlashOptions) => {
      const { keyfile, address, output } = options;
      const cipher = await cipherOf(await readNamedFile(keyfile), options);
      let data = await readNamedFile(input);
      if (data.length === 0) throw flashEncryptionError('FLASH_DATA_EMPTY');
      // As espsecure does it: the original ESP32 fills up the last block with noise, XTS-AES refuses it.
      if (direction === 'encrypt' && options.aesXts !== true) data = concatBytes(data, filling(data.length, cli));
      cipher[direction](address, data);
      await writeNewFile(output, data, [input, keyfile]);
      const result = { file: output, bytes: data.length, address };
      await cli.output.result(result, [
        `${data.length} bytes for ${toHexOffset(address)} are ${direction}ed in ${output}.`,
      ]);
    });
}

const flashAddress = wholeNumberOrHex('--address', 0, 2 ** 32 - 1);
const cryptConfig = wholeNumberOrHex('--flash-crypt-conf', 0, FLASH_CRYPT_CONFIG_ALL);

function cipherOf(
  key: Uint8Array<ArrayBuffer>,
  { aesXts, flashCryptConf }: FlashOptions,
): Promise<FlashCipher> | FlashCipher {
  return aesXts === true ? xtsFlashCipher(key, nodeAes) : esp32FlashCipher(key, flashCryptConf);
}

function filling(bytes: number, cli: Cli): Uint8Array {
  return cli.ports.random(new Uint8Array((FLASH_BLOCK_BYTES - (bytes % FLASH_BLOCK_BYTES)) % FLASH_BLOCK_BYTES));
}
