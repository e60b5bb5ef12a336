import { REFUSALS, testForeignClient } from './foreignClient.testing.ts';
import { Paho } from './paho.ts';

for (const level of [4, 5] as const) {
  const name = `paho-mqtt (Python), level ${level}`;
  testForeignClient(name, (login) => new Paho(login, level), REFUSALS[level], ['paho-mqtt']);
}
