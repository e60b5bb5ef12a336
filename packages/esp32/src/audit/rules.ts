import type { Rule } from './rule.ts';

/** Every rule of the audit, by topic. What is listed here is looked for; the order is that of the documentation. */
export const RULES: readonly Rule[] = [];
