/** What parts take from the battery in their modes, in milliamperes, at 3.3 to 3.7 V. */
export const CURRENTS_MA = {
  /** ESP32 data sheet, "Power consumption by power modes": RTC timer and RTC memory. */
  deepSleep: 0.01,
  /** The same, modem sleep, both cores at 240 MHz: 30 to 68 mA. */
  processor: 50,
  /** ESP32 data sheet, "RF power consumption": 802.11b at 19.5 dBm. */
  wifiTransmit: 240,
  /** The same: receiving and listening, 95 to 100 mA. */
  wifiReceive: 100,
  /** Connected, with modem sleep between the beacons: the processor and one beacon in ten received. */
  wifiConnected: 60,
  /** WSSFM10R4AT data sheet: sending at 22.5 dBm, and asleep. */
  sigfoxTransmit: 200,
  sigfoxSleep: 0.0025,
  /** LTC1480, 0.3 mA, and SC16IS752, at most 6 mA. */
  serialParts: 6.3,
  /** XY-MD02, 0.2 W at 12 V, through a converter that loses a seventh. */
  sensorAt12V: 63,
} as const;
