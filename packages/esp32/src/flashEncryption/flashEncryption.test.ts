import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import { portableAes } from '../aes/portableAes.ts';
import { esp32FlashCipher } from './esp32FlashCipher.ts';
import type { FlashCipher } from './flashCipher.ts';
import { flashStream } from './flashStream.ts';
import { xtsFlashCipher } from './xtsFlashCipher.ts';

const bytes = (length: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength: length, maxLength: length });

/** A cipher of any kind. */
const anyCipher = fc.oneof(
  fc.tuple(fc.constantFrom(24, 32).chain(bytes), fc.integer({ min: 0, max: 15 })).map(
    ([key, config]) =>
      async () =>
        esp32FlashCipher(key, config),
  ),
  fc
    .constantFrom(16, 32, 64)
    .chain(bytes)
    .map((key) => () => xtsFlashCipher(key, portableAes)),
);
/** Also around 16 MB, where the tweak of the original ESP32 begins anew, and at the end of all addresses. */
const anyAddress = fc.oneof(
  fc.nat(2 ** 20),
  fc.integer({ min: 2 ** 20 - 40, max: 2 ** 20 }),
  fc.integer({ min: 2 ** 28 - 64, max: 2 ** 28 - 40 }),
);
const blockAddress = anyAddress.map((block) => 16 * block);
const blocks = fc.integer({ min: 0, max: 40 }).chain((count) => bytes(16 * count));

function applied(cipher: FlashCipher, direction: keyof FlashCipher, address: number, data: Uint8Array): Uint8Array {
  const copy = data.slice();
  cipher[direction](address, copy);
  return copy;
}

async function streamed(
  cipher: FlashCipher,
  direction: keyof FlashCipher,
  address: number,
  chunks: readonly Uint8Array[],
): Promise<Uint8Array> {
  const output = ReadableStream.from(chunks).pipeThrough(flashStream(cipher, direction, address));
  return new Uint8Array(await new Response(output).arrayBuffer());
}

test('decrypting gives back what was encrypted, at any address and length', async () => {
  await fc.assert(
    fc.asyncProperty(anyCipher, blockAddress, blocks, async (make, address, data) => {
      const cipher = await make();
      const encrypted = applied(cipher, 'encrypt', address, data);
      assert.deepEqual(applied(cipher, 'decrypt', address, encrypted), data);
    }),
  );
});

test('a block depends on its address alone: pieces give what the whole gives', async () => {
  await fc.assert(
    fc.asyncProperty(anyCipher, blockAddress, blocks, fc.nat(40), async (make, address, data, cut) => {
      const cipher = await make();
      for (const direction of ['encrypt', 'decrypt'] as const) {
        const whole = applied(cipher, direction, address, data);
        const at = Math.min(16 * cut, data.length);
        assert.deepEqual(applied(cipher, direction, address, data.subarray(0, at)), whole.subarray(0, at));
        assert.deepEqual(applied(cipher, direction, address + at, data.subarray(at)), whole.subarray(at));
      }
    }),
  );
});

test('a stream in chunks of any length gives what the whole gives', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(anyCipher, blockAddress, chunks, async (make, address, chunks) => {
      const cipher = await make();
      const given = Buffer.concat(chunks);
      const missing = (16 - (given.length % 16)) % 16;
      const all = [...chunks, new Uint8Array(missing)];
      const whole = applied(cipher, 'encrypt', address, new Uint8Array(Buffer.concat(all)));
      assert.deepEqual(await streamed(cipher, 'encrypt', address, all), whole);
    }),
    { numRuns: 40 },
  );
});

test('a stream that ends within a block says so, and where', async () => {
  const cipher = esp32FlashCipher(new Uint8Array(32));
  await assert.rejects(streamed(cipher, 'decrypt', 0, [new Uint8Array(30), new Uint8Array(5)]), {
    code: 'FLASH_DATA_LENGTH_WRONG',
    message: /There are 35 bytes.*ends at offset 32/,
  });
  assert.throws(() => flashStream(cipher, 'decrypt', 8), { code: 'FLASH_ADDRESS_WRONG' });
});

test('many units at once are the XTS-AES of OpenSSL over units of 128 reversed bytes', async () => {
  const data = new Uint8Array(200_064).map((_, index) => index * 7);
  for (const keyBytes of [32, 64]) {
    const key = new Uint8Array(keyBytes).map((_, index) => 200 - index);
    const cipher = await xtsFlashCipher(key, portableAes);
    const expected = new Uint8Array(data);
    for (let at = 0; at < expected.length; at += 128) {
      const tweak = Buffer.alloc(16);
      tweak.writeUInt32LE(0x8000 + at);
      const openssl = createCipheriv(`aes-${keyBytes * 4}-xts`, key, tweak);
      expected.set(openssl.update(expected.slice(at, at + 128).reverse()).reverse(), at);
    }
    assert.deepEqual(applied(cipher, 'encrypt', 0x8000, data), expected);
  }
});

test('without a tweak equal rows of the ESP32 look equal, with one they do not', () => {
  const data = new Uint8Array(64);
  const rows = (config: number): readonly string[] => {
    const encrypted = Buffer.from(applied(esp32FlashCipher(new Uint8Array(32), config), 'encrypt', 0, data));
    return [encrypted.toString('hex', 0, 32), encrypted.toString('hex', 32)];
  };
  assert.equal(new Set(rows(0)).size, 1);
  assert.equal(new Set(rows(15)).size, 2);
});

test('a key of the wrong length is refused, and the error does not tell the key', async () => {
  const key = new Uint8Array(31).fill(0xab);
  const error = { code: 'FLASH_KEY_LENGTH_WRONG', message: /^The key has 31 bytes; (?!.*(?:ab|171))/ };
  assert.throws(() => esp32FlashCipher(key), error);
  await assert.rejects(xtsFlashCipher(key, portableAes), error);
  for (const length of [0, 16, 64]) {
    assert.throws(() => esp32FlashCipher(new Uint8Array(length)), { code: 'FLASH_KEY_LENGTH_WRONG' });
  }
  for (const length of [0, 24, 128]) {
    await assert.rejects(xtsFlashCipher(new Uint8Array(length), portableAes), { code: 'FLASH_KEY_LENGTH_WRONG' });
  }
});

test('an address or a length outside of flash is refused, and the data stay as they are', async () => {
  for (const cipher of [esp32FlashCipher(new Uint8Array(32)), await xtsFlashCipher(new Uint8Array(32), portableAes)]) {
    for (const address of [-16, 1, 8, 0.5, 2 ** 32, Number.NaN]) {
      assert.throws(() => cipher.encrypt(address, new Uint8Array(16)), { code: 'FLASH_ADDRESS_WRONG' });
    }
    const cut = new Uint8Array(47);
    assert.throws(() => cipher.decrypt(0, cut), { code: 'FLASH_DATA_LENGTH_WRONG', message: /47 bytes.*offset 32/ });
    assert.ok(cut.every((byte) => byte === 0));
    assert.throws(() => cipher.encrypt(2 ** 32 - 16, new Uint8Array(32)), { code: 'FLASH_DATA_TOO_LONG' });
  }
});

test('a FLASH_CRYPT_CONFIG of more than four bits is refused', () => {
  for (const config of [-1, 16, 1.5]) {
    assert.throws(() => esp32FlashCipher(new Uint8Array(32), config), { code: 'FLASH_CRYPT_CONFIG_WRONG' });
  }
});
