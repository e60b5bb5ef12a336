// Writes docs/settings.md from the settings schema: node tools/settings-docs.ts
import { writeFile } from 'node:fs/promises';
import { settingsMarkdown } from '../packages/server/src/settings/settingsMarkdown.ts';

await writeFile(new URL('../docs/settings.md', import.meta.url), settingsMarkdown());
