import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { demoError } from './demoErrors.ts';

/** The code with which something forbidden was refused; that it was not is the step's failure. */
export async function refusalOf(forbidden: Promise<unknown>): Promise<string> {
  const error = await forbidden.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof MkiotError) return `refused, ${error.code}`;
  if (error !== undefined) throw error;
  throw demoError('DEMO_OTHERWISE', { what: 'Something forbidden', found: 'allowed', expected: 'refused' });
}
