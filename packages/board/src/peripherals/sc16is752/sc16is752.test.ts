import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sc16is752Driver } from '../../device/drivers/sc16is752Driver.ts';
import type { UartPort } from '../../device/drivers/uartPort.ts';
import { BitErrors } from '../../faults/bitErrors.ts';
import { seededRandom } from '../../faults/seededRandom.ts';
import { I2cBus } from '../i2c/i2cBus.ts';
import { Net } from '../net.ts';
import { passTime } from '../passTime.testing.ts';
import { format8n1, type UartFormat } from '../uart/uartFormat.ts';
import { UartEnd } from '../uart/uartLine.ts';
import { IER, IIR, LCR, LSR, REGISTER, subAddress } from './registers.ts';
import { Sc16is752 } from './sc16is752.ts';

const ADDRESS = 0x4d;
const CRYSTAL_HZ = 14_745_600;

interface Rig {
  readonly clock: VirtualClock;
  readonly bus: I2cBus;
  readonly chip: Sc16is752;
  readonly gpios: readonly Net[];
  readonly read: (register: number, channel?: 'A' | 'B') => number;
  readonly write: (register: number, value: number, channel?: 'A' | 'B') => void;
}

function rig(noise?: BitErrors): Rig {
  const clock = new VirtualClock();
  const bus = new I2cBus(clock, 400_000);
  const gpios = Array.from({ length: 8 }, () => new Net(false));
  const chip = new Sc16is752({ clock, address: ADDRESS, crystalHz: CRYSTAL_HZ, gpios, noise: { a: noise } });
  bus.attach(chip);
  return {
    clock,
    bus,
    chip,
    gpios,
    read(register, channel = 'A') {
      chip.write(Uint8Array.of(subAddress(register, channel)));
      return chip.read(1)[0] ?? -1;
    },
    write: (register, value, channel = 'A') => void chip.write(Uint8Array.of(subAddress(register, channel), value)),
  };
}

interface Driven extends Rig {
  readonly driver: Sc16is752Driver;
  readonly port: UartPort;
  readonly peer: UartEnd;
}

async function driven(format: UartFormat, noise?: BitErrors): Promise<Driven> {
  const it = rig(noise);
  const { clock, bus, chip } = it;
  const opening = Sc16is752Driver.open({ i2c: bus, address: ADDRESS, crystalHz: CRYSTAL_HZ, irq: chip.irq, clock });
  const driver = await passTime(clock, opening);
  const port = await passTime(clock, driver.channel('A', format, true));
  const peer = new UartEnd(clock, format, (character) => chip.a.receive(character));
  chip.a.line = peer;
  return { ...it, driver, port, peer };
}

test('after a reset the registers have the values of the data sheet', () => {
  const { read } = rig();
  const expected = [
    [REGISTER.IER, 0x00],
    [REGISTER.IIR_FCR, 0x01],
    [REGISTER.LCR, 0x1d],
    [REGISTER.MCR, 0x00],
    [REGISTER.LSR, 0x60],
    [REGISTER.TXLVL, 0x40],
    [REGISTER.RXLVL, 0x00],
    [REGISTER.IODIR, 0x00],
    [REGISTER.IOINTENA, 0x00],
    [REGISTER.IOCONTROL, 0x00],
    [REGISTER.EFCR, 0x00],
  ] as const;
  for (const channel of ['A', 'B'] as const) {
    for (const [register, value] of expected) assert.equal(read(register, channel), value, `${channel} ${register}`);
  }
});

test('the divisor and the enhanced registers hide behind LCR, and each channel has its own', () => {
  const { read, write, chip } = rig();
  write(REGISTER.LCR, LCR.DIVISOR | 0b11);
  write(0, 96);
  write(1, 0);
  assert.equal(read(0), 96);
  write(REGISTER.LCR, 0xbf);
  write(2, 0x10);
  write(7, 0x77);
  assert.deepEqual([read(2), read(7)], [0x10, 0x77]);
  write(REGISTER.LCR, 0x03);
  assert.equal(read(REGISTER.IIR_FCR), 0x01);
  assert.deepEqual(chip.a.format, format8n1(9_600));
  assert.equal(read(REGISTER.LCR, 'B'), LCR.RESET);
});

test('the sub-address has the register in bits 6 to 3 and the channel in bits 2 and 1', () => {
  assert.deepEqual([subAddress(REGISTER.EFCR, 'A'), subAddress(REGISTER.RHR_THR, 'B')], [0x78, 0x02]);
});

test('a software reset is not acknowledged, and lets go of the GPIOs', async () => {
  const { bus, chip, write, gpios } = rig();
  write(REGISTER.IOSTATE, 0b101);
  write(REGISTER.IODIR, 0b001);
  assert.deepEqual(
    gpios.slice(0, 3).map(({ isHigh }) => isHigh),
    [true, false, false],
  );
  await assert.rejects(bus.transfer(ADDRESS, Uint8Array.of(subAddress(REGISTER.IOCONTROL, 'A'), 0x08)), {
    code: 'I2C_NO_ACKNOWLEDGE',
  });
  assert.ok(gpios.every(({ isHigh }) => !isHigh));
  assert.ok(chip.a.rts.isHigh && chip.irq.isHigh);
});

test('a changed input with its interrupt enabled pulls IRQ# until IOState is read', () => {
  const { chip, gpios, read, write } = rig();
  write(REGISTER.IOINTENA, 0b10);
  gpios[0]?.drive(gpios, true);
  assert.equal(chip.irq.isHigh, true);
  gpios[1]?.drive(gpios, true);
  assert.equal(chip.irq.isHigh, false);
  assert.equal(read(REGISTER.IIR_FCR), IIR.GPIO);
  assert.equal(read(REGISTER.IOSTATE), 0b11);
  assert.equal(chip.irq.isHigh, true);
});

test('received bytes ask for attention at the trigger level, and below it after four characters of silence', async () => {
  const { clock, chip, read, write } = rig();
  write(REGISTER.LCR, LCR.DIVISOR | 0b11);
  write(0, 96);
  write(1, 0);
  write(REGISTER.LCR, 0b11);
  write(REGISTER.IIR_FCR, 0x01);
  write(REGISTER.IER, IER.RECEIVED | IER.LINE_STATUS);
  const peer = new UartEnd(clock, format8n1(9_600), (character) => chip.a.receive(character));
  peer.write(new Uint8Array(8).fill(7));
  clock.advance(9);
  assert.deepEqual([chip.irq.isHigh, read(REGISTER.IIR_FCR) & 0x3f], [false, IIR.RECEIVED]);
  for (let count = 0; count < 5; count++) assert.equal(read(REGISTER.RHR_THR), 7);
  assert.equal(chip.irq.isHigh, true);
  clock.advance(5);
  assert.deepEqual([chip.irq.isHigh, read(REGISTER.IIR_FCR) & 0x3f], [false, IIR.RECEIVE_TIMEOUT]);
  for (let count = 0; count < 3; count++) read(REGISTER.RHR_THR);
  assert.deepEqual([chip.irq.isHigh, read(REGISTER.LSR)], [true, LSR.TRANSMIT_EMPTY | LSR.ALL_SENT]);
});

test('the 65th byte that nobody has read is an overrun', () => {
  const { clock, chip, read, write } = rig();
  write(REGISTER.LCR, LCR.DIVISOR | 0b11);
  write(0, 8);
  write(1, 0);
  write(REGISTER.LCR, 0b11);
  const peer = new UartEnd(clock, format8n1(115_200), (character) => chip.a.receive(character));
  peer.write(new Uint8Array(65));
  clock.advance(10);
  assert.deepEqual([read(REGISTER.RXLVL), read(REGISTER.LSR) & LSR.OVERRUN], [64, LSR.OVERRUN]);
  assert.equal(read(REGISTER.LSR) & LSR.OVERRUN, 0);
});

for (const [baud, divisor] of [
  [9_600, 96],
  [19_200, 48],
  [38_400, 24],
  [57_600, 16],
  [115_200, 8],
] as const) {
  test(`at ${baud} baud the driver sets the divisor ${divisor}, and 200 bytes go out and come in whole`, async () => {
    const { clock, chip, port, peer, read, write } = await driven(format8n1(baud));
    write(REGISTER.LCR, LCR.DIVISOR | 0b11);
    assert.deepEqual([read(0), read(1)], [divisor, 0]);
    write(REGISTER.LCR, 0b11);
    const sent = Uint8Array.from({ length: 200 }, (_, index) => index);
    const heard: number[] = [];
    peer.onCharacter = ({ byte }) => heard.push(byte);
    await passTime(clock, port.write(sent));
    assert.deepEqual(heard, [...sent]);
    if (baud > 38_400) return;
    peer.write(sent);
    for (let ms = 0; ms < 1_000; ms++) await clock.advanceAsync(1);
    assert.deepEqual(port.take(), { bytes: sent, isDamaged: false });
    assert.equal(chip.irq.isHigh, true);
  });
}

test('with automatic RTS the line is driven from the first start bit to the last stop bit', async () => {
  const { clock, chip, port } = await driven(format8n1(9_600));
  const changes: (readonly [boolean, number])[] = [];
  chip.a.rts.onChange((isHigh) => changes.push([isHigh, clock.monotonic()]));
  await passTime(clock, port.write(new Uint8Array(10)));
  const [[low, fromMs] = [true, 0], [high, untilMs] = [false, 0]] = changes;
  assert.deepEqual([low, high, changes.length], [false, true, 2]);
  assert.ok(untilMs - fromMs >= 10 && untilMs - fromMs <= 12, `${untilMs - fromMs}`);
});

test('what noise has broken is told as damaged', async () => {
  const format: UartFormat = { baud: 9_600, dataBits: 8, parity: 'even', stopBits: 1 };
  const { clock, port, peer } = await driven(format, new BitErrors(0.05, seededRandom(1)));
  peer.write(new Uint8Array(20));
  await clock.advanceAsync(50);
  assert.equal(port.take().isDamaged, true);
});

test('a chip that is not there or is another one is refused, and so is a baud rate that it cannot make', async () => {
  const { driver, clock } = await driven(format8n1(9_600));
  await assert.rejects(driver.channel('B', format8n1(1_000_000), false), { code: 'UART_BAUD_IMPOSSIBLE' });
  const bus = new I2cBus(clock, 400_000);
  const wiring = { i2c: bus, address: ADDRESS, crystalHz: CRYSTAL_HZ, irq: new Net(true), clock };
  await assert.rejects(passTime(clock, Sc16is752Driver.open(wiring)), { code: 'I2C_NO_ACKNOWLEDGE' });
  bus.attach({ address: ADDRESS, write: () => true, read: (count) => new Uint8Array(count) });
  await assert.rejects(passTime(clock, Sc16is752Driver.open(wiring)), { code: 'UART_CHIP_SILENT' });
});
