/** What a USB device says of itself: 16 bits each (USB 2.0, 9.6.1). */
export interface UsbIds {
  readonly vendorId: number;
  readonly productId: number;
}

interface UsbBridge {
  readonly vendorId: number;
  /** Undefined: any of this vendor's. */
  readonly productId: number | undefined;
  readonly label: string;
}

/** What sits between USB and the serial port of common boards (Espressif, "Establish Serial Connection with ESP32"). */
const USB_BRIDGES: readonly UsbBridge[] = [
  { vendorId: 0x303a, productId: 0x1001, label: 'USB-Serial-JTAG of an ESP32' },
  { vendorId: 0x303a, productId: undefined, label: 'USB of an ESP32' },
  { vendorId: 0x10c4, productId: 0xea60, label: 'CP210x' },
  { vendorId: 0x10c4, productId: 0xea70, label: 'CP2105' },
  { vendorId: 0x10c4, productId: 0xea71, label: 'CP2108' },
  { vendorId: 0x1a86, productId: 0x7523, label: 'CH340' },
  { vendorId: 0x1a86, productId: 0x55d3, label: 'CH343' },
  { vendorId: 0x1a86, productId: 0x55d4, label: 'CH9102' },
  { vendorId: 0x0403, productId: 0x6001, label: 'FT232R' },
  { vendorId: 0x0403, productId: 0x6010, label: 'FT2232, as of ESP-Prog' },
  { vendorId: 0x0403, productId: 0x6014, label: 'FT232H' },
  { vendorId: 0x0403, productId: 0x6015, label: 'FT231X' },
  { vendorId: 0x067b, productId: 0x2303, label: 'PL2303' },
];

/** The bridge with these ids, where boards with an ESP32 have such a one; undefined for other devices. */
export function usbBridge({ vendorId, productId }: UsbIds): string | undefined {
  const fits = (bridge: UsbBridge): boolean =>
    bridge.vendorId === vendorId && (bridge.productId === undefined || bridge.productId === productId);
  return USB_BRIDGES.find(fits)?.label;
}
