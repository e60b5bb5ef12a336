import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { decryptNvs, nvsEntryCipher } from '@mkiot/esp32/nvs/nvsCipher';
import { nvsRecords } from '@mkiot/esp32/nvs/nvsRecords';
import { parseNvs } from '@mkiot/esp32/nvs/parseNvs';
import fc from 'fast-check';
import { partition } from '../../../chip/bootRig.testing.ts';
import type { FlashStep } from '../../flash/flashFaults.ts';
import { erasedFlash, FlashMemory } from '../../flash/flashMemory.ts';
import { FLASH_TIMINGS } from '../../flash/flashTiming.ts';
import { Power } from '../../power.ts';
import { NVS_CHUNK_BYTES, NvsPartition } from './nvsPartition.ts';
import { NvsPages } from './nvsPages.ts';

const NVS = partition('nvs', 1, 2, 0x1000, 0x4000);
const KEYS = { dataKey: new Uint8Array(32).fill(1), tweakKey: new Uint8Array(32).fill(2) };

/** A flash with an NVS partition, whose power goes at step `cutAt`. */
class NvsBench {
  readonly cells = erasedFlash(0x10000);
  readonly power = new Power();
  cutAt = -1;
  steps = 0;
  readonly flash = new FlashMemory({
    cells: this.cells,
    timing: FLASH_TIMINGS.unthrottled,
    clock: new VirtualClock(),
    power: this.power,
    faults: {
      cutDuring: (step: FlashStep) => {
        const isCut = this.steps === this.cutAt;
        this.steps += 1;
        return isCut ? ((step.address / 0x100) % 2 === 0 ? 0.5 : 0) : undefined;
      },
      damage: () => undefined,
    },
  });

  open(isEncrypted = true): NvsPartition {
    return new NvsPartition(
      new NvsPages(this.flash, NVS, isEncrypted ? nvsEntryCipher(KEYS, portableAes) : undefined),
      'board',
    );
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.cells.slice(NVS.offset, NVS.offset + NVS.size);
  }
}

const KEY = fc.constantFrom('key', 'config', 'ticket');
const VALUE = fc.uint8Array({ maxLength: 900 });

test('what was stored last is read, after any number of changes, and the toolkit reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(KEY, VALUE), { maxLength: 60 }), fc.boolean(), async (changes, isEncrypted) => {
      const bench = new NvsBench();
      const expected = new Map<string, Uint8Array>();
      for (const [key, value] of changes) {
        await bench.open(isEncrypted).set(key, value);
        expected.set(key, value);
      }
      const nvs = bench.open(isEncrypted);
      for (const [key, value] of expected) assert.deepEqual(nvs.get(key), value);
      const plain = isEncrypted ? decryptNvs(bench.bytes, KEYS, portableAes) : bench.bytes;
      const records = nvsRecords(parseNvs(plain)).filter(({ state }) => state === 'current');
      assert.deepEqual(new Map(records.map(({ key, value }) => [key, value])), expected);
      assert.ok(records.every(({ namespace, problem }) => namespace === 'board' && problem === undefined));
    }),
    { numRuns: 20 },
  );
});

test('a value longer than a page is stored in pieces', async () => {
  const bench = new NvsBench();
  const value = Uint8Array.from({ length: NVS_CHUNK_BYTES + 100 }, (_, index) => index);
  await bench.open().set('long', value);
  assert.deepEqual(bench.open().get('long'), value);
});

test('a power cut at any step leaves the old value or the new one, and what is stored after it is there', async () => {
  const old = utf8Encode('old'.repeat(300));
  const fresh = utf8Encode('new'.repeat(400));
  for (const earlier of [1, 4, 9]) {
    for (let cutAt = 0; ; cutAt++) {
      const bench = new NvsBench();
      for (let index = 0; index < earlier; index++)
        await bench.open().set('filler', utf8Encode(`${index}`.repeat(700)));
      await bench.open().set('value', old);
      bench.cutAt = bench.steps + cutAt;
      const cut = await bench
        .open()
        .set('value', fresh)
        .then(
          () => false,
          (error: unknown) => {
            assert.ok(error instanceof MkiotError && error.code === 'CHIP_POWER_LOST', String(error));
            return true;
          },
        );
      bench.cutAt = -1;
      bench.power.on();
      const kept = bench.open().get('value');
      assert.ok(
        kept !== undefined && [String(old), String(fresh)].includes(String(kept)),
        `step ${cutAt}: ${kept?.length}`,
      );
      for (const text of ['a', 'b', 'c', 'd', 'e']) await bench.open().set('value', utf8Encode(text.repeat(1000)));
      assert.deepEqual(bench.open().get('value'), utf8Encode('e'.repeat(1000)));
      assert.deepEqual(bench.open().get('filler'), utf8Encode(`${earlier - 1}`.repeat(700)));
      if (!cut) break;
    }
  }
});

test('a power cut at any step of the first write ever leaves a partition that is written the next time', async () => {
  for (let cutAt = 0; ; cutAt++) {
    const bench = new NvsBench();
    bench.cutAt = bench.steps + cutAt;
    const isCut = await bench
      .open()
      .set('value', utf8Encode('first'))
      .then(
        () => false,
        () => true,
      );
    bench.cutAt = -1;
    bench.power.on();
    await bench.open().set('value', utf8Encode('second'));
    assert.deepEqual(bench.open().get('value'), utf8Encode('second'), `step ${cutAt}`);
    if (!isCut) break;
  }
});

test('what is stored is not in flash in plain', async () => {
  const bench = new NvsBench();
  await bench.open().set('key', utf8Encode('-----BEGIN PRIVATE KEY-----'));
  assert.ok(!new TextDecoder('latin1').decode(bench.bytes).includes('PRIVATE'));
  await bench
    .open(false)
    .set('plain', utf8Encode('-----BEGIN PUBLIC KEY-----'))
    .catch(() => undefined);
});

test('more than fits is refused, and what was there stays', async () => {
  const bench = new NvsBench();
  await bench.open().set('value', utf8Encode('small'));
  await assert.rejects(bench.open().set('value', new Uint8Array(0x4000)), { code: 'NVS_FULL' });
  assert.deepEqual(bench.open().get('value'), utf8Encode('small'));
});

test('a name that is empty or too long is refused', async () => {
  const bench = new NvsBench();
  await assert.rejects(bench.open().set('', new Uint8Array(1)), { code: 'NVS_NAME' });
  await assert.rejects(bench.open().set('x'.repeat(16), new Uint8Array(1)), { code: 'NVS_NAME' });
});
