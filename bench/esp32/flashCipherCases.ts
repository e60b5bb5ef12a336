// Runs in Node and in a page alike.
import type { Aes } from '@mkiot/esp32/aes/aes';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { esp32FlashCipher } from '@mkiot/esp32/flashEncryption/esp32FlashCipher';
import type { FlashCipher } from '@mkiot/esp32/flashEncryption/flashCipher';
import { xtsFlashCipher } from '@mkiot/esp32/flashEncryption/xtsFlashCipher';

const MEGABYTE = 1_000_000;
/** Little enough that some rounds have the core for themselves on a machine that is busy. */
const BYTES = 524_288;
const ROUNDS = { warmUp: 20, measured: 100 } as const;

interface FlashCipherCase {
  readonly title: string;
  readonly direction: keyof FlashCipher;
  cipher(aes: Aes): Promise<FlashCipher>;
  /** MB/s that are wanted at least. */
  readonly wanted: { readonly node: number; readonly page: number };
}

const key = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(bytes).map((_, index) => 37 * index + 11);
const esp32 = { cipher: async () => esp32FlashCipher(key(32)), wanted: { node: 45, page: 45 } } as const;
const xts128 = { cipher: (aes: Aes) => xtsFlashCipher(key(32), aes), wanted: { node: 100, page: 30 } } as const;
const xts256 = { cipher: (aes: Aes) => xtsFlashCipher(key(64), aes), wanted: { node: 100, page: 30 } } as const;

export const FLASH_CIPHER_CASES: readonly FlashCipherCase[] = [
  { title: 'original ESP32, encrypt', direction: 'encrypt', ...esp32 },
  { title: 'original ESP32, decrypt', direction: 'decrypt', ...esp32 },
  { title: 'XTS-AES-128, encrypt', direction: 'encrypt', ...xts128 },
  { title: 'XTS-AES-128, decrypt', direction: 'decrypt', ...xts128 },
  { title: 'XTS-AES-256, encrypt', direction: 'encrypt', ...xts256 },
  { title: 'XTS-AES-256, decrypt', direction: 'decrypt', ...xts256 },
];

/** MB/s of each round of a case, on the one core that this thread has. */
export async function measureFlashCipher(title: string, aes: Aes = portableAes): Promise<readonly number[]> {
  const flashCipherCase = FLASH_CIPHER_CASES.find((one) => one.title === title);
  if (flashCipherCase === undefined) throw new Error(`there is no case "${title}"`);
  const { direction } = flashCipherCase;
  const cipher = await flashCipherCase.cipher(aes);
  const data = new Uint8Array(BYTES);
  const round = (): number => {
    const startedMs = performance.now();
    cipher[direction](0x1_0000, data);
    return (BYTES / MEGABYTE / (performance.now() - startedMs)) * 1000;
  };
  for (let count = 0; count < ROUNDS.warmUp; count++) round();
  return Array.from({ length: ROUNDS.measured }, round);
}
