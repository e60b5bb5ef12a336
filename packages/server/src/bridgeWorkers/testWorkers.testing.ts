/** How many bridge workers the tests run with: `MKIOT_TEST_WORKERS=2 npm test -- packages/server/src/bridge`. */
export function testWorkers(): number {
  return Number(process.env['MKIOT_TEST_WORKERS'] ?? 1);
}

export function testsWithWorkers(): boolean {
  return testWorkers() > 1;
}
