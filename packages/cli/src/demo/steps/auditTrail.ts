import type { ApiClient } from '@mkiot/core/api/client';
import { expectEqual } from '../demoErrors.ts';
import type { Tell } from '../demoReport.ts';

const SHOWN = 3;

/** Shows the newest entries, and walks the chain of all of them. */
export async function auditTrailStep(tell: Tell, admin: ApiClient, project: string): Promise<void> {
  let shown = 0;
  for await (const { sequence, principal, action, resource } of admin.auditTrail.list(project)) {
    tell(`${sequence}  ${principal}  ${action}  ${resource.split('/').slice(-2).join('/')}`);
    if (++shown === SHOWN) break;
  }
  const head = await admin.auditTrail.head(project);
  const { intactEntries, fault } = await admin.auditTrail.verify(project, head);
  expectEqual('A fault in the audit trail', fault?.kind, undefined);
  tell(`all ${intactEntries} entries are whole, up to the head ${head.slice(0, 24)}…`);
}
