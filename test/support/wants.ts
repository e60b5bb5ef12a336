import type { TestProgramName } from '../../tools/testPrograms.ts';

/**
 * Test options for a test that drives programs which a machine may lack: it is skipped by name where `npm test` has found
 * that they are missing. Under `--install` or `CI=true`, and when Node's runner is called by hand, it runs and fails.
 *
 * @example test('mosquitto_pub publishes', wants('mosquitto-clients'), async () => { … });
 */
export function wants(...programs: readonly TestProgramName[]): { readonly skip?: string } {
  const have = process.env['MKIOT_TEST_HAVE'];
  if (have === undefined) return {};
  const missing = programs.filter((program) => !have.split(',').includes(program));
  return missing.length === 0 ? {} : { skip: `${missing.join(' and ')} missing` };
}
