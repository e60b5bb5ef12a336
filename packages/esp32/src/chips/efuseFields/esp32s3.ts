import { efuseFieldTable } from '../efuseFieldTable.ts';
import type { EfuseField } from '../chip.ts';

// Fields and descriptions: ESP-IDF, components/efuse/esp32s3 (Apache-2.0, Espressif Systems).
// Columns: name/other names, block, first bit, bits, kind, WR_DIS bit, RD_DIS bit, category, description {value: meaning}.

export const ESP32S3_FIELDS: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                                                   0   0  32 number       - - config      Disable programming of individual eFuses
RD_DIS                                                   0  32   7 number       0 - config      Disable reading from BlOCK4-10
DIS_ICACHE                                               0  40   1 flag         2 - config      Set this bit to disable Icache
DIS_DCACHE                                               0  41   1 flag         2 - config      Set this bit to disable Dcache
DIS_DOWNLOAD_ICACHE                                      0  42   1 flag         2 - security    Set this bit to disable Icache in download mode (boot_mode[3:0] is 0; 1; 2; 3; 6; 7)
DIS_DOWNLOAD_DCACHE                                      0  43   1 flag         2 - security    Set this bit to disable Dcache in download mode ( boot_mode[3:0] is 0; 1; 2; 3; 6; 7)
DIS_FORCE_DOWNLOAD                                       0  44   1 flag         2 - security    Set this bit to disable the function that forces chip into download mode
DIS_USB_OTG/DIS_USB                                      0  45   1 flag         2 - usb         Set this bit to disable USB function
DIS_TWAI/DIS_CAN                                         0  46   1 flag         2 - config      Set this bit to disable CAN function
DIS_APP_CPU                                              0  47   1 flag         2 - config      Disable app cpu
SOFT_DIS_JTAG                                            0  48   3 number      31 - jtag        Set these bits to disable JTAG in the soft way (odd number 1 means disable ). JTAG can be enabled in HMAC module
DIS_PAD_JTAG/HARD_DIS_JTAG                               0  51   1 flag         2 - jtag        Set this bit to disable JTAG in the hard way. JTAG is disabled permanently
DIS_DOWNLOAD_MANUAL_ENCRYPT                              0  52   1 flag         2 - security    Set this bit to disable flash encryption when in download boot modes
USB_EXCHG_PINS                                           0  57   1 flag        30 - usb         Set this bit to exchange USB D+ and D- pins
USB_EXT_PHY_ENABLE/EXT_PHY_ENABLE                        0  58   1 flag        30 - usb         Set this bit to enable external PHY
VDD_SPI_XPD                                              0  68   1 flag         3 - vdd         SPI regulator power up signal
VDD_SPI_TIEH                                             0  69   1 flag         3 - vdd         If VDD_SPI_FORCE is 1; determines VDD_SPI voltage {0: VDD_SPI connects to 1.8 V LDO; 1: VDD_SPI connects to VDD3P3_RTC_IO}
VDD_SPI_FORCE                                            0  70   1 flag         3 - vdd         Set this bit and force to use the configuration of eFuse to configure VDD_SPI
WDT_DELAY_SEL                                            0  80   2 number       3 - wdt         RTC watchdog timeout threshold; in unit of slow clock cycle {0: 40000; 1: 80000; 2: 160000; 3: 320000}
SPI_BOOT_CRYPT_CNT                                       0  82   3 count        4 - security    Enables flash encryption when 1 or 3 bits are set and disabled otherwise {0: Disable; 1: Enable; 3: Disable; 7: Enable}
SECURE_BOOT_KEY_REVOKE0                                  0  85   1 flag         5 - security    Revoke 1st secure boot key
SECURE_BOOT_KEY_REVOKE1                                  0  86   1 flag         6 - security    Revoke 2nd secure boot key
SECURE_BOOT_KEY_REVOKE2                                  0  87   1 flag         7 - security    Revoke 3rd secure boot key
KEY_PURPOSE_0/KEY0_PURPOSE                               0  88   4 purpose      8 - security    Purpose of Key0
KEY_PURPOSE_1/KEY1_PURPOSE                               0  92   4 purpose      9 - security    Purpose of Key1
KEY_PURPOSE_2/KEY2_PURPOSE                               0  96   4 purpose     10 - security    Purpose of Key2
KEY_PURPOSE_3/KEY3_PURPOSE                               0 100   4 purpose     11 - security    Purpose of Key3
KEY_PURPOSE_4/KEY4_PURPOSE                               0 104   4 purpose     12 - security    Purpose of Key4
KEY_PURPOSE_5/KEY5_PURPOSE                               0 108   4 purpose     13 - security    Purpose of Key5
SECURE_BOOT_EN                                           0 116   1 flag        15 - security    Set this bit to enable secure boot
SECURE_BOOT_AGGRESSIVE_REVOKE                            0 117   1 flag        16 - security    Set this bit to enable revoking aggressive secure boot
DIS_USB_JTAG                                             0 118   1 flag         2 - usb         Set this bit to disable function of usb switch to jtag in module of usb device
DIS_USB_SERIAL_JTAG/DIS_USB_DEVICE                       0 119   1 flag         2 - usb         Set this bit to disable usb device
STRAP_JTAG_SEL                                           0 120   1 flag         2 - jtag        Set this bit to enable selection between usb_to_jtag and pad_to_jtag through strapping gpio3 when both reg_dis_usb_jtag and reg_dis_pad_jtag are equal to 0
USB_PHY_SEL                                              0 121   1 flag         2 - usb         This bit is used to switch internal PHY and external PHY for USB OTG and USB Device {0: internal PHY is assigned to USB Device while external PHY is assigned to USB OTG; 1: internal PHY is assigned to USB OTG while external PHY is assigned to USB Device}
FLASH_TPUW                                               0 124   4 number      18 - flash       Configures flash waiting time after power-up; in unit of ms. If the value is less than 15; the waiting time is the configurable value.  Otherwise; the waiting time is twice the configurable value
DIS_DOWNLOAD_MODE                                        0 128   1 flag        18 - security    Set this bit to disable download mode (boot_mode[3:0] = 0; 1; 2; 3; 6; 7)
DIS_DIRECT_BOOT/DIS_LEGACY_SPI_BOOT                      0 129   1 flag        18 - config      Disable direct boot mode
DIS_USB_SERIAL_JTAG_ROM_PRINT/UART_PRINT_CHANNEL         0 130   1 flag        18 - usb         USB printing {0: Enable; 1: Disable}
FLASH_ECC_MODE                                           0 131   1 flag        18 - flash       Flash ECC mode in ROM {0: 16to18 byte; 1: 16to17 byte}
DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE/DIS_USB_DOWNLOAD_MODE  0 132   1 flag        18 - usb         Set this bit to disable UART download mode through USB
ENABLE_SECURITY_DOWNLOAD                                 0 133   1 flag        18 - security    Set this bit to enable secure UART download mode
UART_PRINT_CONTROL                                       0 134   2 number      18 - config      Set the default UART boot message output mode {0: Enable; 1: Enable when GPIO46 is low at reset; 2: Enable when GPIO46 is high at reset; 3: Disable}
PIN_POWER_SELECTION                                      0 136   1 flag        18 - config      Set default power supply for GPIO33-GPIO37; set when SPI flash is initialized {0: VDD3P3_CPU; 1: VDD_SPI}
FLASH_TYPE                                               0 137   1 flag        18 - flash       SPI flash type {0: 4 data lines; 1: 8 data lines}
FLASH_PAGE_SIZE                                          0 138   2 number      18 - flash       Set Flash page size
FLASH_ECC_EN                                             0 140   1 flag        18 - flash       Set 1 to enable ECC for flash boot
FORCE_SEND_RESUME                                        0 141   1 flag        18 - flash       Set this bit to force ROM code to send a resume command during SPI boot
SECURE_VERSION                                           0 142  16 count       18 - security    Secure version (used by ESP-IDF anti-rollback feature)
DIS_USB_OTG_DOWNLOAD_MODE                                0 159   1 flag        19 - usb         Set this bit to disable download through USB-OTG
DISABLE_WAFER_VERSION_MAJOR                              0 160   1 flag        19 - identity    Disables check of wafer version major
DISABLE_BLK_VERSION_MAJOR                                0 161   1 flag        19 - identity    Disables check of blk version major
MAC/MAC_FACTORY                                          1   0  48 mac         20 - MAC         MAC address
SPI_PAD_CONFIG_CLK                                       1  48   6 number      20 - spi_pad     SPI_PAD_configure CLK
SPI_PAD_CONFIG_Q                                         1  54   6 number      20 - spi_pad     SPI_PAD_configure Q(D1)
SPI_PAD_CONFIG_D                                         1  60   6 number      20 - spi_pad     SPI_PAD_configure D(D0)
SPI_PAD_CONFIG_CS                                        1  66   6 number      20 - spi_pad     SPI_PAD_configure CS
SPI_PAD_CONFIG_HD                                        1  72   6 number      20 - spi_pad     SPI_PAD_configure HD(D3)
SPI_PAD_CONFIG_WP                                        1  78   6 number      20 - spi_pad     SPI_PAD_configure WP(D2)
SPI_PAD_CONFIG_DQS                                       1  84   6 number      20 - spi_pad     SPI_PAD_configure DQS
SPI_PAD_CONFIG_D4                                        1  90   6 number      20 - spi_pad     SPI_PAD_configure D4
SPI_PAD_CONFIG_D5                                        1  96   6 number      20 - spi_pad     SPI_PAD_configure D5
SPI_PAD_CONFIG_D6                                        1 102   6 number      20 - spi_pad     SPI_PAD_configure D6
SPI_PAD_CONFIG_D7                                        1 108   6 number      20 - spi_pad     SPI_PAD_configure D7
WAFER_VERSION_MINOR_LO/WAFER_VERSION                     1 114   3 number      20 - identity    WAFER_VERSION_MINOR least significant bits
PKG_VERSION                                              1 117   3 number      20 - identity    Package version
BLK_VERSION_MINOR                                        1 120   3 number      20 - identity    BLK_VERSION_MINOR
FLASH_CAP                                                1 123   3 number      20 - flash       Flash capacity {0: None; 1: 8M; 2: 4M}
FLASH_TEMP                                               1 126   2 number      20 - flash       Flash temperature {0: None; 1: 105C; 2: 85C}
FLASH_VENDOR                                             1 128   3 number      20 - flash       Flash vendor {0: None; 1: XMC; 2: GD; 3: FM; 4: TT; 5: BY}
PSRAM_CAP                                                1 131   2 number      20 - config      PSRAM capacity {0: None; 1: 8M; 2: 2M; 3: 16M; 4: 4M}
PSRAM_TEMP                                               1 133   2 number      20 - config      PSRAM temperature {0: None; 1: 105C; 2: 85C}
PSRAM_VENDOR                                             1 135   2 number      20 - config      PSRAM vendor {0: None; 1: AP_3v3; 2: AP_1v8}
PSRAM_CAP_3                                              1 179   1 flag        20 - config      PSRAM capacity bit 3
WAFER_VERSION_MINOR_HI                                   1 183   1 flag        20 - identity    WAFER_VERSION_MINOR most significant bit
WAFER_VERSION_MAJOR                                      1 184   2 number      20 - identity    WAFER_VERSION_MAJOR
OPTIONAL_UNIQUE_ID                                       2   0 128 key         21 - identity    Optional unique 128-bit ID
BLK_VERSION_MAJOR                                        2 128   2 number      21 - identity    BLK_VERSION_MAJOR of BLOCK2 {0: No calib; 1: ADC calib V1}
CUSTOM_MAC/MAC_CUSTOM/USER_DATA_MAC_CUSTOM               3 200  48 mac         22 - MAC         Custom MAC
BLOCK_USR_DATA/USER_DATA                                 3   0 256 bytes       22 - config      User data
BLOCK_KEY0/KEY0                                          4   0 256 key         23 0 security    Key0 or user data
BLOCK_KEY1/KEY1                                          5   0 256 key         24 1 security    Key1 or user data
BLOCK_KEY2/KEY2                                          6   0 256 key         25 2 security    Key2 or user data
BLOCK_KEY3/KEY3                                          7   0 256 key         26 3 security    Key3 or user data
BLOCK_KEY4/KEY4                                          8   0 256 key         27 4 security    Key4 or user data
BLOCK_KEY5/KEY5                                          9   0 256 key         28 5 security    Key5 or user data
BLOCK_SYS_DATA2/SYS_DATA_PART2                          10   0 256 bytes       29 6 config      System data part 2 (reserved)
K_RTC_LDO                                                1 141   7 adc         20 - calibration BLOCK1 K_RTC_LDO
K_DIG_LDO                                                1 148   7 adc         20 - calibration BLOCK1 K_DIG_LDO
V_RTC_DBIAS20                                            1 155   8 adc         20 - calibration BLOCK1 voltage of rtc dbias20
V_DIG_DBIAS20                                            1 163   8 adc         20 - calibration BLOCK1 voltage of digital dbias20
DIG_DBIAS_HVT                                            1 171   5 adc         20 - calibration BLOCK1 digital dbias when hvt
ADC2_CAL_VOL_ATTEN3                                      1 186   6 adc         20 - calibration ADC2 calibration voltage at atten3
TEMP_CALIB                                               2 132   9 temperature 21 - calibration Temperature calibration data
OCODE                                                    2 141   8 number      21 - calibration ADC OCode
ADC1_INIT_CODE_ATTEN0                                    2 149   8 adc         21 - calibration ADC1 init code at atten0
ADC1_INIT_CODE_ATTEN1                                    2 157   6 adc         21 - calibration ADC1 init code at atten1
ADC1_INIT_CODE_ATTEN2                                    2 163   6 adc         21 - calibration ADC1 init code at atten2
ADC1_INIT_CODE_ATTEN3                                    2 169   6 adc         21 - calibration ADC1 init code at atten3
ADC2_INIT_CODE_ATTEN0                                    2 175   8 adc         21 - calibration ADC2 init code at atten0
ADC2_INIT_CODE_ATTEN1                                    2 183   6 adc         21 - calibration ADC2 init code at atten1
ADC2_INIT_CODE_ATTEN2                                    2 189   6 adc         21 - calibration ADC2 init code at atten2
ADC2_INIT_CODE_ATTEN3                                    2 195   6 adc         21 - calibration ADC2 init code at atten3
ADC1_CAL_VOL_ATTEN0                                      2 201   8 adc         21 - calibration ADC1 calibration voltage at atten0
ADC1_CAL_VOL_ATTEN1                                      2 209   8 adc         21 - calibration ADC1 calibration voltage at atten1
ADC1_CAL_VOL_ATTEN2                                      2 217   8 adc         21 - calibration ADC1 calibration voltage at atten2
ADC1_CAL_VOL_ATTEN3                                      2 225   8 adc         21 - calibration ADC1 calibration voltage at atten3
ADC2_CAL_VOL_ATTEN0                                      2 233   8 adc         21 - calibration ADC2 calibration voltage at atten0
ADC2_CAL_VOL_ATTEN1                                      2 241   7 adc         21 - calibration ADC2 calibration voltage at atten1
ADC2_CAL_VOL_ATTEN2                                      2 248   7 adc         21 - calibration ADC2 calibration voltage at atten2
`);
