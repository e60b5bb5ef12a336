/** Why the chip begins anew; it stands in the first lines of the ROM. */
export type ResetReason = 'power-on' | 'software' | 'deep-sleep' | 'rtc-watchdog' | 'brown-out' | 'cpu';

interface ResetReasonText {
  /** `RESET_REASON` in ESP-IDF's esp_rom/include/CHIP/rom/rtc.h, the same on all chips that have it. */
  readonly code: number;
  /** As the ROM of the original ESP32 writes it, and that of the later chips. */
  readonly esp32: string;
  readonly later: string;
}

export const RESET_REASONS: Readonly<Record<ResetReason, ResetReasonText>> = {
  'power-on': { code: 0x1, esp32: 'POWERON_RESET', later: 'POWERON' },
  software: { code: 0x3, esp32: 'SW_RESET', later: 'RTC_SW_SYS_RST' },
  'deep-sleep': { code: 0x5, esp32: 'DEEPSLEEP_RESET', later: 'DSLEEP' },
  cpu: { code: 0xc, esp32: 'SW_CPU_RESET', later: 'RTC_SW_CPU_RST' },
  'brown-out': { code: 0xf, esp32: 'RTCWDT_BROWN_OUT_RESET', later: 'BROWN_OUT_RST' },
  'rtc-watchdog': { code: 0x10, esp32: 'RTCWDT_RTC_RESET', later: 'RTCWDT_RTC_RST' },
};
