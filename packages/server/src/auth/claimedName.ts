import type { DeviceName } from '@mkiot/core/contract/resourceNames';

/** An ES256 token's signature begins far behind, and of an API token's secret most is left out. */
const SHOWN_CHARACTERS = 40;

/**
 * The name that somebody claims who may be nobody we know, as it may be shown and kept. Secrets get pasted where ids belong:
 * of a long id only the beginning is shown.
 */
export function claimedName({ registry, device, ...place }: DeviceName): DeviceName {
  return { ...place, registry: shown(registry), device: shown(device) };
}

function shown(id: string): string {
  return id.length <= SHOWN_CHARACTERS ? id : `${id.slice(0, SHOWN_CHARACTERS)}…`;
}
