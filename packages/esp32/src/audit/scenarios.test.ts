import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CHIPS } from '../chips/chips.ts';
import { parsePemPrivateKey } from '../keys/pemKeys.ts';
import { portableSigner } from '../secureBoot/signer.ts';
import { severityRank } from './audit.ts';
import type { InputFile } from './inputs/auditInput.ts';
import { readFolder } from './inputs/inputs.testing.ts';
import type { ReadOptions } from './inputs/readDevice.ts';
import { lockedDevice } from './lockedDevice.testing.ts';
import { buildReport } from './report/buildReport.ts';
import type { DeviceReport, ReportedFinding } from './report/auditReport.ts';
import { RULES } from './rules.ts';

const file = async (path: string, name: string): Promise<InputFile> => ({
  name,
  bytes: new Uint8Array(await readFile(new URL(path, import.meta.url))),
});

async function reportOn(files: readonly InputFile[], options: Partial<ReadOptions> = {}): Promise<DeviceReport> {
  const device = await readFolder(files, options);
  const broken: unknown[] = [];
  const { devices } = await buildReport([device], {
    rules: RULES,
    nowMs: 0,
    tool: '0',
    onRuleFailure: (...failure) => broken.push(failure),
  });
  assert.deepEqual(broken, []);
  return devices[0] ?? assert.fail();
}

type Sees = (report: DeviceReport) => boolean;

const finds =
  (ruleId: string, place: Partial<ReportedFinding['evidence'][number]> = {}, confidence?: string): Sees =>
  ({ findings }) =>
    findings.some(
      (finding) =>
        finding.ruleId === ruleId &&
        (confidence === undefined || finding.confidence === confidence) &&
        finding.evidence.some((piece) =>
          Object.entries(place).every(([name, value]) => piece[name as keyof typeof piece] === value),
        ),
    );
const all =
  (...sees: readonly Sees[]): Sees =>
  (report) =>
    sees.every((see) => see(report));

/** What each sentence of the vectors' `mustFind` and `mustNotClaim` is in a report. */
const MEANT: Readonly<Record<string, Sees>> = {
  'flash encryption off': finds('fe-off', { field: 'FLASH_CRYPT_CNT' }),
  'secure boot off': finds('sb-off'),
  'EC private key (PEM) in partition "eeprom" at flash 0x290000': finds(
    'key-in-clear',
    { partition: 'eeprom', offset: 0x290000 },
    'proven',
  ),
  'Wi-Fi password in NVS wifi/pswd': finds('wifi-password-in-nvs', { nvsKey: 'wifi/pswd' }),
  'flash encrypted': ({ flash, findings }) =>
    flash?.regions.some(({ state }) => state === 'encrypted' || state === 'mixed') === true ||
    findings.some(({ ruleId }) => ruleId === 'fe-dev' || ruleId === 'nvs-plain-while-fe'),
  'flash encryption on, FLASH_CRYPT_CNT=1 not write protected, not maximal (development mode)': finds('fe-dev', {
    field: 'FLASH_CRYPT_CNT',
  }),
  'DISABLE_DL_ENCRYPT/DECRYPT/CACHE all 0': all(
    finds('dl-encrypt-on', { field: 'DISABLE_DL_ENCRYPT' }),
    finds('dl-decrypt-on', { field: 'DISABLE_DL_DECRYPT' }),
    finds('dl-cache-on', { field: 'DISABLE_DL_CACHE' }),
  ),
  'JTAG not disabled': all(finds('jtag-on', { field: 'JTAG_DISABLE' }), finds('jtag-on', { source: 'boot.log' })),
  'ROM BASIC not disabled': finds('basic-on', { field: 'CONSOLE_DEBUG_DISABLE' }),
  'EC P-256 private key in DER (SEC1) in plaintext at flash 0x290000 (partition eeprom, only nameable with the key or a known layout because the partition table is encrypted)':
    finds('key-in-clear', { partition: 'eeprom', offset: 0x290000 }, 'proven'),
  'RSA-2048 private key in PEM in NVS namespace eeprom key eeprom (plaintext NVS at 0x9000)': finds('key-in-clear', {
    partition: 'nvs',
    nvsKey: 'eeprom/eeprom',
  }),
  'erased NVS string old/token still readable at page 0 entry 68': finds('key-in-erased-nvs', {
    nvsKey: 'old/token',
    isLeftover: true,
  }),
};

async function scenario(name: string, others: readonly string[] = []) {
  const names = ['efuse.joint.bin', 'efuse.summary.json', 'efuse.summary.txt', 'expected.json', ...others];
  const files = await Promise.all(names.map((each) => file(`vectors/${name}/${each}`, each)));
  const flash = await file(`flash/vectors/${name}.bin.gz`, 'flash.bin.gz');
  const expected = JSON.parse(await readFile(new URL(`vectors/${name}/expected.json`, import.meta.url), 'utf8')) as {
    readonly mustFind: readonly string[];
    readonly mustNotClaim?: readonly string[];
  };
  return { files: [flash, ...files], expected };
}

function check(
  report: DeviceReport,
  { mustFind, mustNotClaim = [] }: Awaited<ReturnType<typeof scenario>>['expected'],
) {
  assert.equal(report.grade, 'F');
  assert.deepEqual(report.problems, []);
  for (const sentence of mustFind) assert.ok((MEANT[sentence] ?? assert.fail(sentence))(report), sentence);
  for (const sentence of mustNotClaim) assert.ok(!(MEANT[sentence] ?? assert.fail(sentence))(report), sentence);
}

test('an open Arduino board gives away its key and its Wi-Fi password, and is not called encrypted', async () => {
  const { files, expected } = await scenario('open-arduino-board');
  check(await reportOn(files), expected);
});

test('a flash-encrypted board gives its private keys away all the same, whether its flash key is known or not', async () => {
  const { files, expected } = await scenario('flash-encrypted-keys-in-clear', ['boot.log', 'sdkconfig']);
  const flashKey = await file('flash/vectors/flash-encrypted-keys-in-clear.key', 'flash.key');
  check(await reportOn(files), expected);
  check(await reportOn(files, { flashKey }), expected);
});

test('no report quotes a secret of the device', async () => {
  const secrets = ['BEGIN EC PRIVATE', 'BEGIN RSA PRIVATE', 'MHcCAQEE', 'MIIEo'];
  for (const name of ['open-arduino-board', 'flash-encrypted-keys-in-clear']) {
    const text = JSON.stringify(await reportOn((await scenario(name)).files));
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
  }
});

const signer = portableSigner(
  parsePemPrivateKey(
    generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ),
);

for (const name of ['esp32', 'esp32s2', 'esp32s3', 'esp32c3', 'esp32c6'] as const) {
  test(`a locked-down ${CHIPS[name].label} gives no finding at high or above, with its flash key or without`, async () => {
    const { files, flashKey } = await lockedDevice(CHIPS[name], signer);
    for (const options of [{ chip: CHIPS[name] }, { chip: CHIPS[name], flashKey }]) {
      const { findings, problems, grade, ungraded, flash } = await reportOn(files, options);
      const bad = findings.filter(({ severity }) => severityRank(severity) >= severityRank('high'));
      assert.deepEqual(
        bad.map(({ ruleId, evidence }) => [ruleId, evidence[0].text]),
        [],
      );
      assert.deepEqual(problems, []);
      assert.match(grade, /^[ABC]$/, ungraded ?? 'graded');
      assert.ok(flash?.regions.every(({ state }) => state === 'encrypted' || state === 'erased'));
    }
  });
}

test('16 MB of noise give no finding above medium, and no grade', async () => {
  const noise = { name: 'noise.bin', bytes: new Uint8Array(0x1000000) };
  for (let at = 0; at < noise.bytes.length; at += 0x10000)
    crypto.getRandomValues(noise.bytes.subarray(at, at + 0x10000));
  const { findings, problems, grade } = await reportOn([noise]);
  assert.deepEqual(
    findings.filter(({ severity }) => severityRank(severity) > severityRank('medium')),
    [],
  );
  assert.equal(problems[0]?.code, 'AUDIT_FLASH_UNREADABLE');
  assert.equal(grade, '?');
});
