import { base64Decode } from '@mkiot/core/bytes/base64';
import { toHex } from '@mkiot/core/bytes/bytes';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { publicKeyOfPem } from '@mkiot/core/provisioning/p256PublicKey';
import { signUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { encodeUnitProof } from '@mkiot/core/provisioning/unitProof';
import type { UnitFacts, UnitRecord } from '@mkiot/core/provisioning/unitRecord';
import { createPrivateKey } from 'node:crypto';
import { localAdmin } from '../auth/callers.ts';
import { RefusalLog } from '../auth/refusalLog.ts';
import { deviceName, REGISTRY, registryBench, type RegistryBench } from '../registry/registry.testing.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { generateSigningKeyPem, nodeSigningKey } from '../runtime/nodeSigningKey.ts';
import { Enrolment } from './enrolment.ts';
import { provisioningMigrations } from './migrations.ts';
import type { StationRecord } from './model.ts';
import type { BridgeAddress, ProvisioningParts } from './provisioningParts.ts';
import { sha256 } from './sha256.ts';
import { type NewStation, StationService } from './stationService.ts';
import { TicketService } from './ticketService.ts';
import { type PresentedUnit, UnitRegistration } from './unitRegistration.ts';

export const ADDRESS = '192.0.2.1';
export const ADMIN = localAdmin('test');
export const BRIDGE_ID = new Uint8Array(32).fill(7);
export const BRIDGE_ADDRESS: BridgeAddress = { mqttPort: 8883, authorityCertificate: 'the authority' };
export const DAY_MS = 86_400_000;
/** Of a list, as long as it may be. */
export const FIRST_PAGE = { pageSize: 0, pageToken: '' };

export interface EnrolledTestStation {
  readonly record: StationRecord;
  readonly key: SigningKey;
}

export interface ProvisioningBench extends RegistryBench {
  readonly parts: ProvisioningParts;
  readonly stations: StationService;
  readonly tickets: TicketService;
  readonly registration: UnitRegistration;
  readonly enrolment: Enrolment;
  /** What the operator's log was told. */
  readonly reasons: readonly string[];
  enrolStation(given?: Partial<NewStation>): Promise<EnrolledTestStation>;
}

/** The slice on a database of its own. `await using bench = await provisioningBench()`. */
export async function provisioningBench(): Promise<ProvisioningBench> {
  const bench = await registryBench({ migrations: provisioningMigrations });
  const { database, auditTrail, devices, clock } = bench;
  const reasons: string[] = [];
  // A minute apart, so that the log's own limit holds nothing back.
  const refusals = new RefusalLog(clock, { warn: ({ reason }: { reason: string }) => void reasons.push(reason) });
  const tell = refusals.tell.bind(refusals);
  refusals.tell = (...words) => (clock.advance(60_000), tell(...words));
  const parts = {
    database,
    auditTrail,
    devices,
    refusals,
    bridgeId: () => BRIDGE_ID,
    bridgeAddress: () => BRIDGE_ADDRESS,
    clock,
    randomFill,
  };
  const stations = new StationService(parts);
  return {
    ...bench,
    parts,
    stations,
    tickets: new TicketService(parts),
    registration: new UnitRegistration(parts, stations),
    enrolment: new Enrolment(parts),
    reasons,
    async enrolStation(given = {}) {
      const key = newKey();
      const expiresAtMs = clock.now() + DAY_MS;
      const fields = { name: 'bench', publicKey: key.publicKeyPem, maxDevices: 10, expiresAtMs, ...given };
      return { key, record: await stations.enrol(REGISTRY, fields, ADMIN) };
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

export function newKey(): SigningKey {
  return nodeSigningKey(createPrivateKey(generateSigningKeyPem()));
}

/** A unit as it comes from the flasher: keys of its own and a MAC that nobody has had. */
export interface TestUnit {
  readonly facts: Partial<UnitFacts>;
  readonly keys: readonly SigningKey[];
}

export function newUnit(facts: Partial<UnitFacts> = {}, keys: readonly SigningKey[] = [newKey()]): TestUnit {
  const tail = toHex(randomFill(new Uint8Array(3)));
  const mac = `24:0a:c4:${tail.match(/../g)?.join(':')}`;
  return { facts: { mac, device: deviceName(`unit-${tail}`), ...facts }, keys };
}

/** The record of a unit, proven by its keys for the installation `bridgeId`. */
export async function recordOf(
  { record: station }: EnrolledTestStation,
  { facts: given, keys }: TestUnit,
  bridgeId = BRIDGE_ID,
): Promise<UnitRecord> {
  const facts: UnitFacts = {
    id: randomFill(new Uint8Array(16)),
    station: station.id,
    timeMs: station.createdAtMs,
    nonce: randomFill(new Uint8Array(32)),
    device: deviceName('unit-0'),
    mac: '24:0a:c4:ff:ff:ff',
    chip: { name: 'ESP32', revision: 301 },
    efuseSha256: new Uint8Array(32).fill(0xef),
    keys: keys.map(({ publicKeyPem }) => ({ publicKey: publicKeyOfPem(publicKeyPem) ?? new Uint8Array() })),
    ...given,
  };
  const signed = await encodeUnitProof(facts, bridgeId, sha256);
  const proofs = await Promise.all(keys.map((key) => key.sign(signed)));
  return { ...facts, keys: facts.keys.map((key, at) => ({ ...key, proof: proofs[at] ?? new Uint8Array() })) };
}

/** As the route hands it on. */
export async function present(record: UnitRecord, key: SigningKey): Promise<PresentedUnit> {
  const signed = await signUnitRecord(record, key);
  const bytesOf = (text: string): Uint8Array => base64Decode(text) ?? new Uint8Array();
  return { record: bytesOf(signed.record), signature: bytesOf(signed.signature) };
}
