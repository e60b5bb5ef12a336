import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { ChipName } from '../chips/chip.ts';
import { CHIPS } from '../chips/chips.ts';
import { blankEfuses, type Burn, burnEfuses } from '../efuse/burnEfuses.ts';
import { efuseVector } from '../efuse/efuse.vectors.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { parseEmulatorFile } from '../efuse/emulatorFile.ts';
import { buildJointDump, parseJointDump } from '../efuse/jointDump.ts';
import { SEVERITIES } from '../audit/finding.ts';
import { RULES } from '../audit/rules.ts';
import { burned, observed, subjectOf } from '../audit/rules/subject.testing.ts';
import { verifyPartitionTable } from '../partitionTable/verifyPartitionTable.ts';
import { gapsTo } from './goal.ts';
import { makePlan } from './makePlan.ts';
import { burnSteps, type Plan, type PlanRequest } from './plan.ts';
import { sdkconfigLines } from './planSdkconfig.ts';
import type { ProfileName } from './profile.ts';
import { PROFILES } from './profiles.ts';
import { inOrder, rehearse } from './rehearse.ts';

const ALL_CHIPS = Object.keys(CHIPS) as readonly ChipName[];
const ALL_PROFILES = Object.keys(PROFILES) as readonly ProfileName[];

function planOf(chip: ChipName, profile: ProfileName, more: Partial<PlanRequest> = {}) {
  return makePlan({ chip: CHIPS[chip], profile: PROFILES[profile], ...more });
}

/** The chip after every burn of the plan. */
const executed = (...request: Parameters<typeof planOf>): EfuseDump => {
  const plan = planOf(...request);
  return rehearse(plan.current, plan.steps);
};

/** A plan is rehearsed with a pattern for a key, which the auditor would tell from a key. */
function withRealKeys({ current, steps }: Plan): EfuseDump {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => (index * index * 37 + 11) & 0xff);
  const burns = steps.flatMap((step) => step.burns);
  return burns.map((burn): Burn => (burn.kind === 'key' ? { ...burn, bytes } : burn)).reduce(burnEfuses, current);
}

/** Of a summary only BLOCK0 can be compared: keys differ, and espefuse keeps no hidden ones. */
function block0(dump: EfuseDump): Uint8Array {
  return buildJointDump(dump).subarray(0, (dump.chip.efuse.blocks[0]?.words ?? 0) * 4);
}

async function vectorState(chip: ChipName, name: string): Promise<EfuseDump> {
  return parseJointDump(await readFile(efuseVector(`${name}.joint.bin`)), CHIPS[chip]);
}

for (const [chip, profile, name, more] of [
  ['esp32', 'production', 'esp32-rev3-sbv2-fe-release-locked', {}],
  ['esp32', 'development', 'esp32-fe-development', { current: blankEfuses(CHIPS.esp32) }],
  ['esp32s3', 'production', 'esp32s3-xts256-sbv2-release', { keyBits: 512 }],
  ['esp32c3', 'development', 'esp32c3-fe-development', { current: blankEfuses(CHIPS.esp32c3) }],
] as const) {
  test(`the ${profile} plan of a ${chip} ends in the state that espefuse made: ${name}`, async () => {
    assert.deepEqual(block0(executed(chip, profile, more)), block0(await vectorState(chip, name)));
  });

  test(`nothing is left to do on ${name}`, async () => {
    const current = await vectorState(chip, name);
    // The emulator of espefuse forgets a key that it has hidden, so it reads like one that was never burned.
    assert.deepEqual(planOf(chip, profile, { ...more, current }).steps, []);
  });
}

for (const [chip, profile, name, more] of [
  ...ALL_CHIPS.map((chip) => [chip, 'production', `${chip}-production`, {}] as const),
  ['esp32s2', 'production', 'esp32s2-production-512', { keyBits: 512 }],
  ['esp32c2', 'development', 'esp32c2-development', {}],
] as const) {
  test(`espefuse ends where the rehearsal of the plan does: ${name}`, async () => {
    const file = await readFile(new URL(`vectors/${name}.virt.bin`, import.meta.url));
    assert.deepEqual(block0(executed(chip, profile, more)), block0(parseEmulatorFile(file, CHIPS[chip])));
  });
}

for (const chip of ALL_CHIPS) {
  for (const profile of ALL_PROFILES) {
    test(`the ${profile} plan of a blank ${chip} reaches its goal`, () => {
      assert.deepEqual(gapsTo(PROFILES[profile], executed(chip, profile)), []);
    });
  }

  test(`the auditor finds nothing of high severity on a ${chip} that a production plan has made`, () => {
    const plan = planOf(chip, 'production');
    const parts = {
      efuse: withRealKeys(plan),
      sdkconfig: sdkconfigLines(plan.sdkconfig).join('\n'),
      partitions: plan.partitions,
    };
    for (const rule of RULES) {
      if (rule.chips?.includes(chip) === false) continue;
      const severities = observed(rule, parts);
      const worst = Math.max(-1, ...severities.map((severity) => SEVERITIES.indexOf(severity as 'high')));
      assert.ok(worst < SEVERITIES.indexOf('high'), `${rule.id}: ${JSON.stringify(rule.check(subjectOf(parts)))}`);
    }
  });
}

test('the partition table of a plan is one that secure boot and 4 MB of flash take', () => {
  const { partitions, partitionTableOffset } = planOf('esp32', 'production');
  const rules = { tableOffset: partitionTableOffset, secure: 'v2', flashBytes: 0x400000 } as const;
  assert.deepEqual(verifyPartitionTable(partitions, rules), []);
});

test('what is burned already is not burned again', () => {
  const current = burned('esp32', 'key BLOCK1, rp BLOCK1, wp BLOCK1, FLASH_CRYPT_CONFIG=15, JTAG_DISABLE');
  const plan = planOf('esp32', 'production', { current });
  assert.equal(
    plan.steps.some(({ id }) => id === 'flash-key' || id === 'key-tweak'),
    false,
  );
  const close = plan.steps.find(({ id }) => id === 'close');
  assert.doesNotMatch(close?.commands.join() ?? '', /JTAG_DISABLE/);
  assert.match(close?.commands.join() ?? '', /CONSOLE_DEBUG_DISABLE 1/);
});

test('the firmware of a chip that is encrypted and signed is left alone', () => {
  const { current, steps } = planOf('esp32s3', 'production');
  const almost = rehearse(current, steps.slice(0, -1));
  const ids = planOf('esp32s3', 'production', { current: almost }).steps.map(({ id }) => id);
  assert.deepEqual(ids, ['close-loader']);
});

test('a counter that was switched off is switched on again', () => {
  const current = burned('esp32', 'key BLOCK1, rp BLOCK1, wp BLOCK1, FLASH_CRYPT_CONFIG=15, FLASH_CRYPT_CNT=3');
  const { steps } = planOf('esp32', 'development', { current });
  assert.match(steps.find(({ id }) => id === 'counter')?.commands.join() ?? '', /FLASH_CRYPT_CNT 7$/);
});

for (const [what, chip, profile, current, code, field] of [
  ['a hidden digest', 'esp32', 'production', 'key BLOCK2, rp BLOCK2', 'PLAN_UNREACHABLE', 'BLOCK2'],
  ['secure boot version 1', 'esp32', 'production', 'key BLOCK2, ABS_DONE_0', 'PLAN_UNREACHABLE', 'ABS_DONE_0'],
  ['a coding scheme', 'esp32', 'production', 'CODING_SCHEME=1', 'PLAN_UNREACHABLE', 'CODING_SCHEME'],
  ['a locked counter', 'esp32', 'production', 'wp FLASH_CRYPT_CNT', 'PLAN_UNREACHABLE', 'FLASH_CRYPT_CNT'],
  ['a locked RD_DIS', 'esp32s3', 'production', 'wp RD_DIS', 'PLAN_UNREACHABLE', 'RD_DIS'],
  [
    'a closed loader',
    'esp32s3',
    'production',
    'ENABLE_SECURITY_DOWNLOAD',
    'PLAN_UNREACHABLE',
    'ENABLE_SECURITY_DOWNLOAD',
  ],
  ['a locked group', 'esp32c3', 'production', 'wp DIS_ICACHE', 'PLAN_UNREACHABLE', 'DIS_DOWNLOAD_MANUAL_ENCRYPT'],
  ['a cache that is off', 'esp32c3', 'production', 'DIS_ICACHE', 'PLAN_UNREACHABLE', 'DIS_ICACHE'],
  ['half a flash key', 'esp32s3', 'production', 'key BLOCK_KEY0, KEY_PURPOSE_0=2', 'PLAN_UNREACHABLE', 'KEY_PURPOSE_0'],
  [
    'revoked slots',
    'esp32s3',
    'production',
    'SECURE_BOOT_KEY_REVOKE0, SECURE_BOOT_KEY_REVOKE1, SECURE_BOOT_KEY_REVOKE2',
    'PLAN_UNREACHABLE',
    'SECURE_BOOT_KEY_REVOKE0',
  ],
  [
    'a flash key without a digest in the one block',
    'esp32c2',
    'production',
    'key BLOCK_KEY0_LOW_128',
    'PLAN_UNREACHABLE',
    'BLOCK_KEY0_HI_128',
  ],
  ['release mode', 'esp32', 'development', 'FLASH_CRYPT_CNT=127', 'PLAN_UNREACHABLE', 'FLASH_CRYPT_CNT'],
  [
    'a closed loader for development',
    'esp32',
    'development',
    'DISABLE_DL_ENCRYPT',
    'PLAN_UNREACHABLE',
    'DISABLE_DL_ENCRYPT',
  ],
] as const) {
  test(`${what} is refused for ${profile} on a ${chip}, naming ${field}`, () => {
    assert.throws(
      () => planOf(chip, profile, { current: burned(chip, current, chip === 'esp32c3' ? 3 : undefined) }),
      (error) => {
        assert.ok(error instanceof MkiotError);
        assert.deepEqual([error.code, error.context['field']], [code, field]);
        return true;
      },
    );
  });
}

test('silicon without secure boot version 2 and lengths of keys that there are not are refused', () => {
  assert.throws(() => planOf('esp32', 'production', { current: blankEfuses(CHIPS.esp32, 100) }), {
    code: 'PLAN_SILICON',
  });
  assert.throws(() => planOf('esp32c3', 'production', { keyBits: 512 }), { code: 'PLAN_KEY_BITS' });
  assert.throws(() => planOf('esp32c2', 'production', { keyBits: 256 }), { code: 'PLAN_KEY_BITS' });
});

test('an order that dead-ends is refused, with the step and the eFuse', () => {
  const { current, steps } = planOf('esp32s3', 'production');
  const burns = steps.filter((step) => step.burns.length > 0);
  const ids = burns.map(({ id }) => id);
  const early = (id: string): readonly string[] => [id, ...ids.filter((other) => other !== id)];
  for (const [first, step, field] of [
    ['protect-read-protection', 'flash-key', 'RD_DIS'],
    ['close-loader', 'flash-key', 'ENABLE_SECURITY_DOWNLOAD'],
    ['protect-cache', 'close', 'DIS_DOWNLOAD_MANUAL_ENCRYPT'],
  ] as const) {
    assert.throws(
      () => inOrder(current, burns, early(first)),
      (error) => {
        assert.ok(error instanceof MkiotError);
        assert.deepEqual(
          [error.code, error.context['step'], error.context['field']],
          ['PLAN_WRONG_ORDER', step, field],
        );
        return true;
      },
    );
  }
  assert.deepEqual(inOrder(current, burns, ids), burns);
  assert.throws(() => inOrder(current, burns, ids.slice(1)), { code: 'PLAN_MISSING_STEP' });
  assert.throws(() => inOrder(current, burns, [...ids, 'dance']), { code: 'PLAN_UNKNOWN_STEP' });
});

test('any order of the burns either ends in the goal or is refused', () => {
  const chips = fc.constantFrom(...ALL_CHIPS);
  const orders = chips.chain((chip) => {
    const plan = planOf(chip, 'production');
    const burns = burnSteps(plan);
    return fc.tuple(fc.constant(plan), fc.shuffledSubarray([...burns], { minLength: burns.length }));
  });
  fc.assert(
    fc.property(orders, ([{ current, profile }, steps]) => {
      try {
        assert.deepEqual(gapsTo(profile, rehearse(current, steps)), []);
      } catch (error) {
        assert.equal((error as MkiotError).code, 'PLAN_WRONG_ORDER');
      }
    }),
  );
});

/** Chips that somebody has burned on, each bit as the hardware allows it. */
const burnedChips = fc.constantFrom(...ALL_CHIPS).chain((name) => {
  const chip = CHIPS[name];
  const table = chip.efuse.fieldTables.at(-1)?.fields ?? [];
  const secure = table.filter(({ block, category }) => block === 0 && /security|jtag|config|flash|usb/.test(category));
  const burns: fc.Arbitrary<Burn> = fc.oneof(
    fc
      .constantFrom(...secure)
      .chain(({ name: field, bits }) =>
        fc.nat({ max: 2 ** Math.min(bits, 7) - 1 }).map((value): Burn => ({ kind: 'field', field, value })),
      ),
    fc.constantFrom(...table).map(({ name: field }): Burn => ({ kind: 'write-protect', field })),
    fc.constantFrom(...table).map(({ name: field }): Burn => ({ kind: 'read-protect', field })),
    fc
      .constantFrom(...table.filter(({ kind }) => kind === 'key'))
      .map(({ name: field }): Burn => ({ kind: 'key', field, bytes: new Uint8Array(32).fill(0x3c) })),
  );
  const revision = Math.max(0, ...chip.secureBoot.map(({ fromRevision }) => fromRevision));
  return fc.array(burns, { maxLength: 6 }).map((all) => all.reduce(burnedIfPossible, blankEfuses(chip, revision)));
});

function burnedIfPossible(state: EfuseDump, burn: Burn): EfuseDump {
  try {
    return burnEfuses(state, burn);
  } catch {
    return state;
  }
}

test('from any chip a plan ends in its goal, or is refused with the eFuse that stands in the way', () => {
  let reached = 0;
  fc.assert(
    fc.property(burnedChips, fc.constantFrom(...ALL_PROFILES), (current, name) => {
      const profile = PROFILES[name];
      try {
        const { steps } = makePlan({ chip: current.chip, profile, current });
        assert.deepEqual(gapsTo(profile, rehearse(current, steps)), []);
        reached += 1;
      } catch (error) {
        if (!(error instanceof MkiotError)) throw error;
        assert.match(error.code, /^PLAN_(?:UNREACHABLE|SILICON|KEY_BITS)$/);
        if (error.code === 'PLAN_UNREACHABLE') assert.match(String(error.context['field']), /^[A-Z][A-Z\d_]+$/);
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(reached > 20, `${reached} plans`);
});

for (const name of ['esp32', 'esp32s3', 'esp32c3'] as const) {
  for (const profile of ALL_PROFILES) {
    test(`an ${name} whose bootloader encrypts ends as for ${profile} on the host, and the plan burns no key of its own`, () => {
      const { current, steps, sdkconfig } = planOf(name, profile, { encryption: 'first-boot' });
      assert.deepEqual(gapsTo(PROFILES[profile], rehearse(current, steps)), []);
      const ids = steps.map(({ id }) => id);
      assert.ok(ids.indexOf('first-boot') === ids.indexOf('write-flash') + 1);
      assert.ok(!ids.includes('encrypt') && !ids.includes('flash-key') && !ids.includes('counter'));
      assert.equal(sdkconfig.get('SECURE_FLASH_REQUIRE_ALREADY_ENABLED'), 'n');
      const isOpen = profile === 'development';
      assert.equal(sdkconfig.has('SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC'), isOpen);
    });
  }
}

test('a chip that its bootloader has encrypted gets no second first boot, and what was left is burned', () => {
  const { current, steps } = planOf('esp32s3', 'production', { encryption: 'first-boot' });
  const at = steps.findIndex(({ id }) => id === 'first-boot');
  const booted = rehearse(current, steps.slice(0, at + 1));
  const left = planOf('esp32s3', 'production', { encryption: 'first-boot', current: booted });
  assert.ok(!left.steps.some(({ id }) => id === 'first-boot' || id === 'write-flash'));
  assert.deepEqual(gapsTo(PROFILES.production, rehearse(booted, left.steps)), []);
});
