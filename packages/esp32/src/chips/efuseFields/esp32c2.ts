import { efuseFieldTable } from '../efuseFieldTable.ts';
import type { EfuseField } from '../chip.ts';

// Fields and descriptions: ESP-IDF, components/efuse/esp32c2 (Apache-2.0, Espressif Systems).
// Columns: name/other names, block, first bit, bits, kind, WR_DIS bit, RD_DIS bit, category, description {value: meaning}.

export const ESP32C2_FIELDS: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                                     0   0   8 number      -   - config      Disable programming of individual eFuses
RD_DIS                                     0  32   2 number      0   - config      Disable reading from BlOCK3
WDT_DELAY_SEL                              0  34   2 number      1   - wdt         RTC watchdog timeout threshold; in unit of slow clock cycle {0: 40000; 1: 80000; 2: 160000; 3: 320000}
DIS_PAD_JTAG                               0  36   1 flag        1   - jtag        Set this bit to disable pad jtag
DIS_DOWNLOAD_ICACHE                        0  37   1 flag        1   - security    The bit be set to disable icache in download mode
DIS_DOWNLOAD_MANUAL_ENCRYPT                0  38   1 flag        2   - security    The bit be set to disable manual encryption
SPI_BOOT_CRYPT_CNT                         0  39   3 count       2   - security    Enables flash encryption when 1 or 3 bits are set and disables otherwise {0: Disable; 1: Enable; 3: Disable; 7: Enable}
XTS_KEY_LENGTH_256                         0  42   1 flag        2   - security    Flash encryption key length {0: 128 bits key; 1: 256 bits key}
UART_PRINT_CONTROL                         0  43   2 number      3   - config      Set the default UARTboot message output mode {0: Enable; 1: Enable when GPIO8 is low at reset; 2: Enable when GPIO8 is high at reset; 3: Disable}
FORCE_SEND_RESUME                          0  45   1 flag        3   - flash       Set this bit to force ROM code to send a resume command during SPI boot
DIS_DOWNLOAD_MODE                          0  46   1 flag        3   - security    Set this bit to disable download mode (boot_mode[3:0] = 0; 1; 2; 4; 5; 6; 7)
DIS_DIRECT_BOOT                            0  47   1 flag        3   - config      This bit set means disable direct_boot mode
ENABLE_SECURITY_DOWNLOAD                   0  48   1 flag        3   - security    Set this bit to enable secure UART download mode
FLASH_TPUW                                 0  49   4 number      3   - flash       Configures flash waiting time after power-up; in unit of ms. If the value is less than 15; the waiting time is the configurable value.  Otherwise; the waiting time is twice the configurable value
SECURE_BOOT_EN                             0  53   1 flag        2   - security    The bit be set to enable secure boot
SECURE_VERSION                             0  54   4 count       4   - security    Secure version for anti-rollback
CUSTOM_MAC_USED/ENABLE_CUSTOM_MAC          0  58   1 flag        4   - MAC         True if MAC_CUSTOM is burned
DISABLE_WAFER_VERSION_MAJOR                0  59   1 flag        4   - identity    Disables check of wafer version major
DISABLE_BLK_VERSION_MAJOR                  0  60   1 flag        4   - identity    Disables check of blk version major
CUSTOM_MAC/MAC_CUSTOM/USER_DATA_MAC_CUSTOM 1   0  48 mac         5   - MAC         Custom MAC address
MAC/MAC_FACTORY                            2   0  48 mac         6   - MAC         MAC address
WAFER_VERSION_MINOR                        2  48   4 number      6   - identity    WAFER_VERSION_MINOR
WAFER_VERSION_MAJOR                        2  52   2 number      6   - identity    WAFER_VERSION_MAJOR
PKG_VERSION                                2  54   3 number      6   - identity    EFUSE_PKG_VERSION
BLK_VERSION_MINOR                          2  57   3 number      6   - identity    Minor version of BLOCK2 {0: No calib; 1: With calib}
BLK_VERSION_MAJOR                          2  60   2 number      6   - identity    Major version of BLOCK2
FLASH_VENDOR                               2 248   3 number      6   - flash       Flash vendor
FLASH_TEMP                                 2 251   2 number      6   - flash       Flash temperature rating
FLASH_CAP                                  2 253   3 number      6   - flash       Flash capacity
BLOCK_KEY0/KEY0                            3   0 256 key         7 0,1 security    BLOCK_KEY0 - 256-bits. 256-bit key of Flash Encryption
BLOCK_KEY0_LOW_128                         3   0 128 key         7   0 security    Lower 128 bits of BLOCK_KEY0: flash encryption key
BLOCK_KEY0_HI_128                          3 128 128 key         7   1 security    Higher 128 bits of BLOCK_KEY0: secure boot digest
OCODE                                      2  62   7 number      6   - calibration OCode
TEMP_CALIB                                 2  69   9 temperature 6   - calibration Temperature calibration data
ADC1_INIT_CODE_ATTEN0                      2  78   8 adc         6   - calibration ADC1 init code at atten0
ADC1_INIT_CODE_ATTEN3                      2  86   5 adc         6   - calibration ADC1 init code at atten3
ADC1_CAL_VOL_ATTEN0                        2  91   8 adc         6   - calibration ADC1 calibration voltage at atten0
ADC1_CAL_VOL_ATTEN3                        2  99   6 adc         6   - calibration ADC1 calibration voltage at atten3
DIG_DBIAS_HVT                              2 105   5 adc         6   - calibration BLOCK2 digital dbias when hvt
DIG_LDO_SLP_DBIAS2                         2 110   7 adc         6   - calibration BLOCK2 DIG_LDO_DBG0_DBIAS2
DIG_LDO_SLP_DBIAS26                        2 117   8 adc         6   - calibration BLOCK2 DIG_LDO_DBG0_DBIAS26
DIG_LDO_ACT_DBIAS26                        2 125   6 adc         6   - calibration BLOCK2 DIG_LDO_ACT_DBIAS26
DIG_LDO_ACT_STEPD10                        2 131   4 adc         6   - calibration BLOCK2 DIG_LDO_ACT_STEPD10
RTC_LDO_SLP_DBIAS13                        2 135   7 adc         6   - calibration BLOCK2 DIG_LDO_SLP_DBIAS13
RTC_LDO_SLP_DBIAS29                        2 142   9 adc         6   - calibration BLOCK2 DIG_LDO_SLP_DBIAS29
RTC_LDO_SLP_DBIAS31                        2 151   6 adc         6   - calibration BLOCK2 DIG_LDO_SLP_DBIAS31
RTC_LDO_ACT_DBIAS31                        2 157   6 adc         6   - calibration BLOCK2 DIG_LDO_ACT_DBIAS31
RTC_LDO_ACT_DBIAS13                        2 163   8 adc         6   - calibration BLOCK2 DIG_LDO_ACT_DBIAS13
ADC_CALIBRATION_3                          2 192  11 adc         6   - calibration Store the bit [86:96] of ADC calibration data
`);
