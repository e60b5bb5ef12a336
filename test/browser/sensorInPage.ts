// A sensor of the daughterboard is read in a page and in Node alike.
import { ModbusClient } from '@mkiot/board/device/drivers/modbusClient';
import { ClimateTransmitter } from '@mkiot/board/peripherals/modbus/climateTransmitter';
import { ModbusServer } from '@mkiot/board/peripherals/modbus/modbusServer';
import { passTime } from '@mkiot/board/peripherals/passTime.testing';
import { rs485Rig } from '@mkiot/board/peripherals/rs485/rs485Rig.testing';
import { format8n1 } from '@mkiot/board/peripherals/uart/uartFormat';

const TEMPERATURE_AND_HUMIDITY = { address: 1, inputRegisters: 4, first: 1, count: 2 } as const;

/** What the driver reads over I2C, UART and RS-485, and how long it takes of virtual time. */
export interface Reading {
  readonly registers: readonly number[];
  readonly elapsedMs: number;
}

/** Reads the climate transmitter once. */
export async function readClimate(): Promise<Reading> {
  const { clock, line, port } = await rs485Rig(format8n1(9_600));
  const transmitter = new ClimateTransmitter({ temperature: () => -20.5, humidity: () => 54.6 });
  new ModbusServer(clock, line, transmitter).isRunning = true;
  const startedMs = clock.monotonic();
  const { address, inputRegisters, first, count } = TEMPERATURE_AND_HUMIDITY;
  const registers = await passTime(clock, new ModbusClient(port, clock).read(address, inputRegisters, first, count));
  return { registers: [...registers], elapsedMs: clock.monotonic() - startedMs };
}
