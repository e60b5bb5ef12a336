// How the daughterboard is wired. Firmware and board both go by it.

/** A1 and A0 of the SC16IS752 at GND, and its crystal. */
export const UART_CHIP: { readonly address: number; readonly crystalHz: number } = {
  address: 0x4d,
  crystalHz: 14_745_600,
};

/** What the GPIOs of the SC16IS752 lead to. */
export const GPIO = { MODEM_RESET: 0, TWELVE_VOLTS: 3 } as const;
