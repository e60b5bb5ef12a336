import type { DeviceProvenance } from '@mkiot/core/api/resources';
import { revisionText } from '@mkiot/esp32/efuse/efuseFields';

/** How a device came into its registry, for a person; nothing where a person made it. */
export function provenanceFields(
  provenance: DeviceProvenance | undefined,
): Readonly<Record<string, string | undefined>> {
  if (provenance === undefined) return {};
  const { station, unitRecord, ticket, mac, chip, efuseSha256, registerTime } = provenance;
  return {
    Registered: `${registerTime} ${station === undefined ? `with ticket ${ticket}` : `by station ${station}`}`,
    'Unit record': unitRecord,
    'MAC address': mac,
    Chip: chip && `${chip.name}, revision ${revisionText(chip.revision)}`,
    'eFuse digest': efuseSha256,
  };
}
