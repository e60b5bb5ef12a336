import { efuseFieldTable } from '../efuseFieldTable.ts';
import type { EfuseField } from '../chip.ts';

// Fields and descriptions: ESP-IDF, components/efuse/esp32c6 (Apache-2.0, Espressif Systems).
// Columns: name/other names, block, first bit, bits, kind, WR_DIS bit, RD_DIS bit, category, description {value: meaning}.

export const ESP32C6_FIELDS: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                                       0   0  32 number       - - config      Disable programming of individual eFuses
RD_DIS                                       0  32   7 number       0 - config      Disable reading from BlOCK4-10
SWAP_UART_SDIO_EN                            0  39   1 flag         2 - config      Represents whether pad of uart and sdio is swapped or not. 1: swapped. 0: not swapped
DIS_ICACHE                                   0  40   1 flag         2 - config      Represents whether icache is disabled or enabled. 1: disabled. 0: enabled
DIS_USB_JTAG                                 0  41   1 flag         2 - usb         Represents whether the function of usb switch to jtag is disabled or enabled. 1: disabled. 0: enabled
DIS_DOWNLOAD_ICACHE                          0  42   1 flag         2 - security    Represents whether icache is disabled or enabled in Download mode. 1: disabled. 0: enabled
DIS_USB_SERIAL_JTAG                          0  43   1 flag         2 - usb         Represents whether USB-Serial-JTAG is disabled or enabled. 1: disabled. 0: enabled
DIS_FORCE_DOWNLOAD                           0  44   1 flag         2 - security    Represents whether the function that forces chip into download mode is disabled or enabled. 1: disabled. 0: enabled
SPI_DOWNLOAD_MSPI_DIS                        0  45   1 flag        17 - security    Represents whether SPI0 controller during boot_mode_download is disabled or enabled. 1: disabled. 0: enabled
DIS_TWAI/DIS_CAN                             0  46   1 flag         2 - config      Represents whether TWAI function is disabled or enabled. 1: disabled. 0: enabled
JTAG_SEL_ENABLE                              0  47   1 flag         2 - jtag        Represents whether the selection between usb_to_jtag and pad_to_jtag through strapping gpio15 when both EFUSE_DIS_PAD_JTAG and EFUSE_DIS_USB_JTAG are equal to 0 is enabled or disabled. 1: enabled. 0: disabled
SOFT_DIS_JTAG                                0  48   3 number      31 - jtag        Represents whether JTAG is disabled in soft way. Odd number: disabled. Even number: enabled
DIS_PAD_JTAG                                 0  51   1 flag         2 - jtag        Represents whether JTAG is disabled in the hard way(permanently). 1: disabled. 0: enabled
DIS_DOWNLOAD_MANUAL_ENCRYPT                  0  52   1 flag         2 - security    Represents whether flash encrypt function is disabled or enabled(except in SPI boot mode). 1: disabled. 0: enabled
USB_EXCHG_PINS                               0  57   1 flag        30 - usb         Represents whether the D+ and D- pins is exchanged. 1: exchanged. 0: not exchanged
VDD_SPI_AS_GPIO                              0  58   1 flag        30 - vdd         Represents whether vdd spi pin is functioned as gpio. 1: functioned. 0: not functioned
WDT_DELAY_SEL                                0  80   2 number       3 - wdt         Represents whether RTC watchdog timeout threshold is selected at startup. 1: selected. 0: not selected
SPI_BOOT_CRYPT_CNT                           0  82   3 count        4 - security    Enables flash encryption when 1 or 3 bits are set and disables otherwise {0: Disable; 1: Enable; 3: Disable; 7: Enable}
SECURE_BOOT_KEY_REVOKE0                      0  85   1 flag         5 - security    Revoke 1st secure boot key
SECURE_BOOT_KEY_REVOKE1                      0  86   1 flag         6 - security    Revoke 2nd secure boot key
SECURE_BOOT_KEY_REVOKE2                      0  87   1 flag         7 - security    Revoke 3rd secure boot key
KEY_PURPOSE_0/KEY0_PURPOSE                   0  88   4 purpose      8 - security    Represents the purpose of Key0
KEY_PURPOSE_1/KEY1_PURPOSE                   0  92   4 purpose      9 - security    Represents the purpose of Key1
KEY_PURPOSE_2/KEY2_PURPOSE                   0  96   4 purpose     10 - security    Represents the purpose of Key2
KEY_PURPOSE_3/KEY3_PURPOSE                   0 100   4 purpose     11 - security    Represents the purpose of Key3
KEY_PURPOSE_4/KEY4_PURPOSE                   0 104   4 purpose     12 - security    Represents the purpose of Key4
KEY_PURPOSE_5/KEY5_PURPOSE                   0 108   4 purpose     13 - security    Represents the purpose of Key5
SEC_DPA_LEVEL/DPA_SEC_LEVEL                  0 112   2 number      14 - security    Represents the spa secure level by configuring the clock random divide mode
CRYPT_DPA_ENABLE                             0 114   1 flag         1 - security    Represents whether anti-dpa attack is enabled. 1:enabled. 0: disabled
SECURE_BOOT_EN                               0 116   1 flag        15 - security    Represents whether secure boot is enabled or disabled. 1: enabled. 0: disabled
SECURE_BOOT_AGGRESSIVE_REVOKE                0 117   1 flag        16 - security    Represents whether revoking aggressive secure boot is enabled or disabled. 1: enabled. 0: disabled
FLASH_TPUW                                   0 124   4 number      18 - flash       Represents the flash waiting time after power-up; in unit of ms. When the value less than 15; the waiting time is the programmed value. Otherwise; the waiting time is 2 times the programmed value
DIS_DOWNLOAD_MODE                            0 128   1 flag        18 - security    Represents whether Download mode is disabled or enabled. 1: disabled. 0: enabled
DIS_DIRECT_BOOT                              0 129   1 flag        18 - config      Represents whether direct boot mode is disabled or enabled. 1: disabled. 0: enabled
DIS_USB_SERIAL_JTAG_ROM_PRINT/DIS_USB_PRINT  0 130   1 flag        18 - usb         Represents whether print from USB-Serial-JTAG is disabled or enabled. 1: disabled. 0: enabled
DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE            0 132   1 flag        18 - usb         Represents whether the USB-Serial-JTAG download function is disabled or enabled. 1: disabled. 0: enabled
ENABLE_SECURITY_DOWNLOAD                     0 133   1 flag        18 - security    Represents whether security download is enabled or disabled. 1: enabled. 0: disabled
UART_PRINT_CONTROL                           0 134   2 number      18 - config      Set the default UARTboot message output mode {0: Enable; 1: Enable when GPIO8 is low at reset; 2: Enable when GPIO8 is high at reset; 3: Disable}
FORCE_SEND_RESUME                            0 141   1 flag        18 - flash       Represents whether ROM code is forced to send a resume command during SPI boot. 1: forced. 0:not forced
SECURE_VERSION                               0 142  16 count       18 - security    Represents the version used by ESP-IDF anti-rollback feature
SECURE_BOOT_DISABLE_FAST_WAKE                0 158   1 flag        19 - security    Represents whether FAST VERIFY ON WAKE is disabled or enabled when Secure Boot is enabled. 1: disabled. 0: enabled
DISABLE_WAFER_VERSION_MAJOR                  0 160   1 flag        19 - identity    Disables check of wafer version major
DISABLE_BLK_VERSION_MAJOR                    0 161   1 flag        19 - identity    Disables check of blk version major
MAC/MAC_FACTORY                              1   0  48 mac         20 - MAC         MAC address
MAC_EXT                                      1  48  16 mac         20 - MAC         Stores the extended bits of MAC address
WAFER_VERSION_MINOR                          1 114   4 number      20 - identity
WAFER_VERSION_MAJOR                          1 118   2 number      20 - identity
PKG_VERSION                                  1 120   3 number      20 - identity    Package version
BLK_VERSION_MINOR                            1 123   3 number      20 - identity    BLK_VERSION_MINOR of BLOCK2
BLK_VERSION_MAJOR                            1 126   2 number      20 - identity    BLK_VERSION_MAJOR of BLOCK2
FLASH_CAP                                    1 128   3 number      20 - flash
FLASH_TEMP                                   1 131   2 number      20 - flash
FLASH_VENDOR                                 1 133   3 number      20 - flash
OPTIONAL_UNIQUE_ID                           2   0 128 key         21 - identity    Optional unique 128-bit ID
CUSTOM_MAC/MAC_CUSTOM/USER_DATA_MAC_CUSTOM   3 200  48 mac         22 - MAC         Custom MAC
BLOCK_USR_DATA/USER_DATA                     3   0 256 bytes       22 - config      User data
BLOCK_KEY0/KEY0                              4   0 256 key         23 0 security    Key0 or user data
BLOCK_KEY1/KEY1                              5   0 256 key         24 1 security    Key1 or user data
BLOCK_KEY2/KEY2                              6   0 256 key         25 2 security    Key2 or user data
BLOCK_KEY3/KEY3                              7   0 256 key         26 3 security    Key3 or user data
BLOCK_KEY4/KEY4                              8   0 256 key         27 4 security    Key4 or user data
BLOCK_KEY5/KEY5                              9   0 256 key         28 5 security    Key5 or user data
BLOCK_SYS_DATA2/SYS_DATA_PART2              10   0 256 bytes       29 6 config      System data part 2 (reserved)
ACTIVE_HP_DBIAS                              1  64   5 adc         20 - calibration Stores the active hp dbias
ACTIVE_LP_DBIAS                              1  69   5 adc         20 - calibration Stores the active lp dbias
LSLP_HP_DBG                                  1  74   2 number      20 - calibration Stores the lslp hp dbg
LSLP_HP_DBIAS                                1  76   4 adc         20 - calibration Stores the lslp hp dbias
DSLP_LP_DBG                                  1  80   3 number      20 - calibration Stores the dslp lp dbg
DSLP_LP_DBIAS                                1  83   4 adc         20 - calibration Stores the dslp lp dbias
DBIAS_VOL_GAP                                1  87   5 adc         20 - calibration Stores the hp and lp dbias vol gap
TEMP_CALIB                                   2 128   9 temperature 21 - calibration Temperature calibration data
OCODE                                        2 137   8 number      21 - calibration ADC OCode
ADC1_INIT_CODE_ATTEN0                        2 145  10 adc         21 - calibration ADC1 init code at atten0
ADC1_INIT_CODE_ATTEN1                        2 155  10 adc         21 - calibration ADC1 init code at atten1
ADC1_INIT_CODE_ATTEN2                        2 165  10 adc         21 - calibration ADC1 init code at atten2
ADC1_INIT_CODE_ATTEN3                        2 175  10 adc         21 - calibration ADC1 init code at atten3
ADC1_CAL_VOL_ATTEN0                          2 185  10 adc         21 - calibration ADC1 calibration voltage at atten0
ADC1_CAL_VOL_ATTEN1                          2 195  10 adc         21 - calibration ADC1 calibration voltage at atten1
ADC1_CAL_VOL_ATTEN2                          2 205  10 adc         21 - calibration ADC1 calibration voltage at atten2
ADC1_CAL_VOL_ATTEN3                          2 215  10 adc         21 - calibration ADC1 calibration voltage at atten3
ADC1_INIT_CODE_ATTEN0_CH0                    2 225   4 adc         21 - calibration ADC1 init code at atten0 ch0
ADC1_INIT_CODE_ATTEN0_CH1                    2 229   4 adc         21 - calibration ADC1 init code at atten0 ch1
ADC1_INIT_CODE_ATTEN0_CH2                    2 233   4 adc         21 - calibration ADC1 init code at atten0 ch2
ADC1_INIT_CODE_ATTEN0_CH3                    2 237   4 adc         21 - calibration ADC1 init code at atten0 ch3
ADC1_INIT_CODE_ATTEN0_CH4                    2 241   4 adc         21 - calibration ADC1 init code at atten0 ch4
ADC1_INIT_CODE_ATTEN0_CH5                    2 245   4 adc         21 - calibration ADC1 init code at atten0 ch5
ADC1_INIT_CODE_ATTEN0_CH6                    2 249   4 adc         21 - calibration ADC1 init code at atten0 ch6
`);
