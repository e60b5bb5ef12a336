import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addAuditTrailHead } from './head.ts';
import { addAuditTrailList } from './list.ts';
import { addAuditTrailVerify } from './verify.ts';

export function addAuditTrail(program: Command, cli: Cli): void {
  const auditTrail = addCommand(program, 'audit-trail', {
    summary: 'Who changed what, and whether somebody tampered with the record',
    examples: ['mkiot audit-trail list', 'mkiot audit-trail verify'],
  });
  addAuditTrailList(auditTrail, cli);
  addAuditTrailHead(auditTrail, cli);
  addAuditTrailVerify(auditTrail, cli);
}
