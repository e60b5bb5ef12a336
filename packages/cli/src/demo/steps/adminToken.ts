import { ApiClient } from '@mkiot/core/api/client';
import type { ApiFetch } from '@mkiot/core/api/clientCaller';
import { connectLocally } from '../../connection/connect.ts';
import type { ServedPlatform } from '../../platform/servePlatform.ts';
import { demoError } from '../demoErrors.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';
import { refusalOf } from '../refusal.ts';

/** Trades the one-time set-up code for the administrator's token, and shows that it works once. */
export async function adminTokenStep(
  tell: Tell,
  platform: ServedPlatform,
  fetch: ApiFetch,
  ports: DemoPorts,
): Promise<ApiClient> {
  const code = platform.setupCode ?? (await newSetupCode(platform, ports));
  const { setup } = new ApiClient(fetch);
  const { id, role, token } = await setup.exchange(code);
  tell(`the link https://HOST:${platform.ports.https}/setup#CODE became token ${id} with the role ${role}`);
  tell(`the same code again: ${await refusalOf(setup.exchange(code))}`);
  return new ApiClient(fetch, token);
}

/** A data folder that was kept has its administrator already; then the admin socket makes another link. */
async function newSetupCode(platform: ServedPlatform, ports: DemoPorts): Promise<string> {
  using local = await connectLocally({ data: platform.paths.folder }, ports);
  if (local === undefined) throw demoError('DEMO_MISSING', { what: 'The admin socket', where: platform.paths.folder });
  return (await local.api.setup.issue()).code;
}
