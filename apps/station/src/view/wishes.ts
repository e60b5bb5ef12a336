import type { ProfileName } from '@mkiot/esp32/plan/profile';
import type { StationCredential } from '../stationCredential.ts';
import type { UnitWishes } from '../unitJob.ts';
import { part } from './elements.ts';

const NO_PROFILE = 'none';

/** What the form says. The signing key is read anew for each unit, and kept nowhere. */
export async function readWishes(credential: StationCredential | undefined): Promise<UnitWishes> {
  const form = new FormData(part('wishes', HTMLFormElement));
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  const profile = text('profile');
  const [signingKey] = part('signing-key', HTMLInputElement).files ?? [];
  return {
    profile: profile === NO_PROFILE ? undefined : (profile as ProfileName),
    encryption: text('encryption') === 'first-boot' ? 'first-boot' : 'host',
    signingKeyPem: (await signingKey?.text()) ?? '',
    deviceId: text('device-id'),
    keyCount: Number(text('key-count')),
    keysMadeBy: text('keys-made-by') === 'station' ? 'station' : 'device',
    credential: form.has('register') ? credential : undefined,
    mac: text('mac'),
    mayBeUsed: form.has('used'),
    erase: form.has('erase'),
    baud: Number(text('baud')),
  };
}
