import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { Sc16is752Driver } from '../../device/drivers/sc16is752Driver.ts';
import type { UartPort } from '../../device/drivers/uartPort.ts';
import type { BitErrors } from '../../faults/bitErrors.ts';
import { I2cBus } from '../i2c/i2cBus.ts';
import { Net } from '../net.ts';
import { passTime } from '../passTime.testing.ts';
import { Sc16is752 } from '../sc16is752/sc16is752.ts';
import type { UartFormat } from '../uart/uartFormat.ts';
import { Rs485Line, Rs485Transceiver } from './rs485Line.ts';

/** A line that begins at channel A of an SC16IS752, wired as on the daughterboard. */
export interface Rs485Rig {
  readonly clock: VirtualClock;
  readonly line: Rs485Line;
  /** The near end, for a program. */
  readonly port: UartPort;
}

export async function rs485Rig(format: UartFormat, noise?: BitErrors): Promise<Rs485Rig> {
  const clock = new VirtualClock();
  const bus = new I2cBus(clock, 400_000);
  const gpios = Array.from({ length: 8 }, () => new Net(false));
  const chip = new Sc16is752({ clock, address: 0x4d, crystalHz: 14_745_600, gpios, noise: { a: noise } });
  bus.attach(chip);
  const line = new Rs485Line();
  chip.a.line = new Rs485Transceiver(line, { isDriving: () => !chip.a.rts.isHigh, output: chip.a });
  const wiring = { i2c: bus, address: 0x4d, crystalHz: 14_745_600, irq: chip.irq, clock };
  const driver = await passTime(clock, Sc16is752Driver.open(wiring));
  return { clock, line, port: await passTime(clock, driver.channel('A', format, true)) };
}
