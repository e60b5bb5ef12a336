import { ApiClient } from '@mkiot/core/api/client';
import type { ApiFetch } from '@mkiot/core/api/clientCaller';
import type { Tell } from '../demoReport.ts';
import { refusalOf } from '../refusal.ts';

/** Makes a token that may register devices and nothing more, as a factory would have it. */
export async function provisionerTokenStep(
  tell: Tell,
  admin: ApiClient,
  project: string,
  fetch: ApiFetch,
): Promise<ApiClient> {
  const { id, role, token } = await admin.tokens.create(project, { name: 'demo factory', role: 'provisioner' });
  const provisioner = new ApiClient(fetch, token);
  const { principal, permissions } = await provisioner.whoami();
  tell(`token ${id}, role ${role}: the API knows it as "${principal}" with ${permissions.length} permissions`);
  tell(`it asks for the list of tokens: ${await refusalOf(provisioner.tokens.list(project).next())}`);
  return provisioner;
}
