// Writes docs/audit-rules.md from the rules of the audit: node tools/audit-rules-docs.ts
import { writeFile } from 'node:fs/promises';
import { rulesMarkdown } from '../packages/esp32/src/audit/report/rulesMarkdown.ts';
import { RULES } from '../packages/esp32/src/audit/rules.ts';

await writeFile(new URL('../docs/audit-rules.md', import.meta.url), rulesMarkdown(RULES));
