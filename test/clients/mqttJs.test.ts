import { REFUSALS, testForeignClient } from './foreignClient.testing.ts';
import { MqttJs } from './mqttJs.ts';

for (const level of [4, 5] as const) {
  testForeignClient(`mqtt (npm), level ${level}`, (login) => new MqttJs(login, level), REFUSALS[level]);
}
