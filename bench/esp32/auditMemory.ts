// `node auditMemory.ts CASE`: one case in a process of its own; prints the most memory that the process had, in MB.
import { measureAudit } from './auditCases.ts';

const [title = ''] = process.argv.slice(2);
measureAudit(title);
console.log((process.resourceUsage().maxRSS / 1000).toFixed(0));
