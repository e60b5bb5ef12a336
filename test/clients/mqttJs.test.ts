import { testForeignClient } from './foreignClient.testing.ts';
import { MqttJs } from './mqttJs.ts';

testForeignClient('mqtt (npm)', (login) => new MqttJs(login));
