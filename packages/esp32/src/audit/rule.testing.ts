import type { Rule } from './rule.ts';
import type { AuditSubject } from './subject.ts';

/** A rule for tests of what works with any rule. */
export function testRule(given: Partial<Rule>): Rule {
  return {
    id: 'door-open',
    title: 'The door is open',
    meaning: 'Whoever comes by walks in.',
    severity: 'high',
    mend: ['Close the door.', 'Lock it.'],
    references: [{ title: 'Doors', url: 'https://example.org/doors' }],
    needs: [],
    check: () => [{ source: 'house', text: 'the door stands open' }],
    ...given,
  };
}

/** A subject of which nothing is known. */
export const NOTHING: AuditSubject = { publicKeys: [], batch: [] };
