// esp_ota_ops of ESP-IDF: an app writes its successor into the slot that it does not run from, and confirms itself.
import {
  activeEntry,
  OTA_STATES,
  type OtaCopy,
  type OtaEntry,
  type OtaState,
  otaStateName,
} from '@mkiot/esp32/otadata/otadata';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import { ENCRYPTED_ROW_BYTES } from '../boot/flashCache.ts';
import { readOtadata, writeOtadata } from '../boot/otadataInFlash.ts';
import { otaPartitions } from '../boot/partitionList.ts';
import { SECTOR_BYTES } from '../flash/flashMemory.ts';
import { appError } from './appErrors.ts';
import type { AppWorld } from './firmware.ts';

/** The OTA slots as the running app sees them. */
export class OtaSlots {
  readonly #world: AppWorld;
  readonly #slots: readonly Partition[];
  readonly #otadata: Partition | undefined;

  constructor(world: AppWorld) {
    this.#world = world;
    this.#otadata = world.partitions.find(({ type, subtype }) => type === 1 && subtype === 0);
    this.#slots = otaPartitions(world.partitions);
  }

  /** What the OTA data say of the running app; undefined where they say nothing of it. */
  get runningState(): OtaState | undefined {
    const entry = this.#runningEntry()?.entry;
    return entry === undefined ? undefined : otaStateName(entry.state);
  }

  /** The running app works: it is not given up at the next boot. @throws `CHIP_POWER_LOST` */
  async confirmRunning(): Promise<void> {
    const running = this.#runningEntry();
    if (running === undefined || running.entry.state !== OTA_STATES.PENDING_VERIFY) return;
    await this.#write(running.sector, { ...running.entry, state: OTA_STATES.VALID });
  }

  /**
   * Writes `image` into the next slot, and chooses it for the next boot. Whether it is right the bootloader says.
   *
   * @throws `UPDATE_NO_SLOT`, `UPDATE_TOO_LARGE`, `CHIP_POWER_LOST`
   */
  async install(image: Uint8Array): Promise<void> {
    const { flash, running } = this.#world;
    const next = (this.#slots.indexOf(running) + 1) % Math.max(1, this.#slots.length);
    const slot = this.#slots[next];
    if (slot === undefined || slot === running || this.#otadata === undefined) throw appError('UPDATE_NO_SLOT');
    if (image.length > slot.size) {
      throw appError('UPDATE_TOO_LARGE', { bytes: image.length, name: slot.name, slotBytes: slot.size });
    }
    for (let at = 0; at < image.length; at += SECTOR_BYTES) {
      const part = image.subarray(at, at + SECTOR_BYTES);
      const rows = new Uint8Array(Math.ceil(part.length / ENCRYPTED_ROW_BYTES) * ENCRYPTED_ROW_BYTES).fill(0xff);
      rows.set(part);
      await flash.raw.eraseSector(slot.offset + at);
      await flash.program(slot.offset + at, rows);
    }
    await this.#choose(next);
  }

  /** The copy that does not count now gets the next sequence number that leads to the slot. */
  async #choose(slot: number): Promise<void> {
    const copies = this.#copies();
    const active = activeEntry(copies);
    let sequence = (active?.sequence ?? 0) + 1;
    while ((sequence - 1) % this.#slots.length !== slot) sequence += 1;
    const label = new Uint8Array(20).fill(0xff);
    const sector = active !== undefined && copies[0] === active ? 1 : 0;
    await this.#write(sector, { sequence, label, state: OTA_STATES.NEW });
  }

  #runningEntry(): { readonly sector: 0 | 1; readonly entry: OtaEntry } | undefined {
    const copies = this.#copies();
    const entry = activeEntry(copies);
    if (entry === undefined || this.#slots[(entry.sequence - 1) % this.#slots.length] !== this.#world.running) {
      return undefined;
    }
    return { sector: copies[0] === entry ? 0 : 1, entry };
  }

  #copies(): readonly OtaCopy[] {
    return this.#otadata === undefined ? [] : readOtadata(this.#world.flash, this.#otadata);
  }

  async #write(sector: 0 | 1, entry: OtaEntry): Promise<void> {
    if (this.#otadata !== undefined) await writeOtadata(this.#world.flash, this.#otadata, sector, entry);
  }
}
