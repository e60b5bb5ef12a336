import { efuseFieldTable } from '../efuseFieldTable.ts';
import type { EfuseField } from '../chip.ts';

// Fields and descriptions: ESP-IDF, components/efuse/esp32s2 (Apache-2.0, Espressif Systems).
// Columns: name/other names, block, first bit, bits, kind, WR_DIS bit, RD_DIS bit, category, description {value: meaning}.

export const ESP32S2_FIELDS: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                                      0   0  32 number       - - config      Disable programming of individual eFuses
RD_DIS                                      0  32   7 number       0 - config      Disable reading from BlOCK4-10
DIS_ICACHE                                  0  40   1 flag         2 - config      Set this bit to disable Icache
DIS_DCACHE                                  0  41   1 flag         2 - config      Set this bit to disable Dcache
DIS_DOWNLOAD_ICACHE                         0  42   1 flag         2 - security    Disables Icache when SoC is in Download mode
DIS_DOWNLOAD_DCACHE                         0  43   1 flag         2 - security    Disables Dcache when SoC is in Download mode
DIS_FORCE_DOWNLOAD                          0  44   1 flag         2 - security    Set this bit to disable the function that forces chip into download mode
DIS_USB                                     0  45   1 flag         2 - usb         Set this bit to disable USB OTG function
DIS_TWAI/DIS_CAN                            0  46   1 flag         2 - config      Set this bit to disable the TWAI Controller function
DIS_BOOT_REMAP                              0  47   1 flag         2 - config      Disables capability to Remap RAM to ROM address space
SOFT_DIS_JTAG                               0  49   1 flag         2 - jtag        Software disables JTAG. When software disabled; JTAG can be activated temporarily by HMAC peripheral
HARD_DIS_JTAG                               0  50   1 flag         2 - jtag        Hardware disables JTAG permanently
DIS_DOWNLOAD_MANUAL_ENCRYPT                 0  51   1 flag         2 - security    Disables flash encryption when in download boot modes
USB_EXCHG_PINS                              0  56   1 flag        30 - usb         Set this bit to exchange USB D+ and D- pins
USB_EXT_PHY_ENABLE/EXT_PHY_ENABLE           0  57   1 flag        30 - usb         Set this bit to enable external USB PHY
USB_FORCE_NOPERSIST                         0  58   1 flag        30 - usb         If set; forces USB BVALID to 1
BLOCK0_VERSION                              0  59   2 number      30 - identity    BLOCK0 efuse version
VDD_SPI_XPD                                 0  68   1 flag         3 - vdd         If VDD_SPI_FORCE is 1; this value determines if the VDD_SPI regulator is powered on
VDD_SPI_TIEH                                0  69   1 flag         3 - vdd         If VDD_SPI_FORCE is 1; determines VDD_SPI voltage {0: VDD_SPI connects to 1.8 V LDO; 1: VDD_SPI connects to VDD3P3_RTC_IO}
VDD_SPI_FORCE                               0  70   1 flag         3 - vdd         Set this bit to use XPD_VDD_PSI_REG and VDD_SPI_TIEH to configure VDD_SPI LDO
WDT_DELAY_SEL                               0  80   2 number       3 - wdt         RTC watchdog timeout threshold; in unit of slow clock cycle {0: 40000; 1: 80000; 2: 160000; 3: 320000}
SPI_BOOT_CRYPT_CNT                          0  82   3 count        4 - security    Enables flash encryption when 1 or 3 bits are set and disabled otherwise {0: Disable; 1: Enable; 3: Disable; 7: Enable}
SECURE_BOOT_KEY_REVOKE0                     0  85   1 flag         5 - security    Revoke 1st secure boot key
SECURE_BOOT_KEY_REVOKE1                     0  86   1 flag         6 - security    Revoke 2nd secure boot key
SECURE_BOOT_KEY_REVOKE2                     0  87   1 flag         7 - security    Revoke 3rd secure boot key
KEY_PURPOSE_0/KEY0_PURPOSE                  0  88   4 purpose      8 - security    Purpose of KEY0
KEY_PURPOSE_1/KEY1_PURPOSE                  0  92   4 purpose      9 - security    Purpose of KEY1
KEY_PURPOSE_2/KEY2_PURPOSE                  0  96   4 purpose     10 - security    Purpose of KEY2
KEY_PURPOSE_3/KEY3_PURPOSE                  0 100   4 purpose     11 - security    Purpose of KEY3
KEY_PURPOSE_4/KEY4_PURPOSE                  0 104   4 purpose     12 - security    Purpose of KEY4
KEY_PURPOSE_5/KEY5_PURPOSE                  0 108   4 purpose     13 - security    Purpose of KEY5
SECURE_BOOT_EN                              0 116   1 flag        15 - security    Set this bit to enable secure boot
SECURE_BOOT_AGGRESSIVE_REVOKE               0 117   1 flag        16 - security    Set this bit to enable aggressive secure boot key revocation mode
FLASH_TPUW                                  0 124   4 number      18 - flash       Configures flash startup delay after SoC power-up; in unit of (ms/2). When the value is 15; delay is 7.5 ms
DIS_DOWNLOAD_MODE                           0 128   1 flag        18 - security    Set this bit to disable all download boot modes
DIS_LEGACY_SPI_BOOT                         0 129   1 flag        18 - config      Set this bit to disable Legacy SPI boot mode
UART_PRINT_CHANNEL                          0 130   1 flag        18 - config      Selects the default UART for printing boot messages {0: UART0; 1: UART1}
DIS_USB_DOWNLOAD_MODE                       0 132   1 flag        18 - usb         Set this bit to disable use of USB OTG in UART download boot mode
ENABLE_SECURITY_DOWNLOAD                    0 133   1 flag        18 - security    Set this bit to enable secure UART download mode (read/write flash only)
UART_PRINT_CONTROL                          0 134   2 number      18 - config      Set the default UART boot message output mode {0: Enable; 1: Enable when GPIO46 is low at reset; 2: Enable when GPIO46 is high at reset; 3: Disable}
PIN_POWER_SELECTION                         0 136   1 flag        18 - config      Set default power supply for GPIO33-GPIO37; set when SPI flash is initialized {0: VDD3P3_CPU; 1: VDD_SPI}
FLASH_TYPE                                  0 137   1 flag        18 - flash       SPI flash type {0: 4 data lines; 1: 8 data lines}
FORCE_SEND_RESUME                           0 138   1 flag        18 - flash       If set; forces ROM code to send an SPI flash resume command during SPI boot
SECURE_VERSION                              0 139  16 count       18 - security    Secure version (used by ESP-IDF anti-rollback feature)
DISABLE_WAFER_VERSION_MAJOR                 0 160   1 flag         - - identity    Disables check of wafer version major
DISABLE_BLK_VERSION_MAJOR                   0 161   1 flag         - - identity    Disables check of blk version major
MAC/MAC_FACTORY                             1   0  48 mac         20 - MAC         MAC address
SPI_PAD_CONFIG_CLK                          1  48   6 number      20 - spi_pad     SPI_PAD_configure CLK
SPI_PAD_CONFIG_Q                            1  54   6 number      20 - spi_pad     SPI_PAD_configure Q(D1)
SPI_PAD_CONFIG_D                            1  60   6 number      20 - spi_pad     SPI_PAD_configure D(D0)
SPI_PAD_CONFIG_CS                           1  66   6 number      20 - spi_pad     SPI_PAD_configure CS
SPI_PAD_CONFIG_HD                           1  72   6 number      20 - spi_pad     SPI_PAD_configure HD(D3)
SPI_PAD_CONFIG_WP                           1  78   6 number      20 - spi_pad     SPI_PAD_configure WP(D2)
SPI_PAD_CONFIG_DQS                          1  84   6 number      20 - spi_pad     SPI_PAD_configure DQS
SPI_PAD_CONFIG_D4                           1  90   6 number      20 - spi_pad     SPI_PAD_configure D4
SPI_PAD_CONFIG_D5                           1  96   6 number      20 - spi_pad     SPI_PAD_configure D5
SPI_PAD_CONFIG_D6                           1 102   6 number      20 - spi_pad     SPI_PAD_configure D6
SPI_PAD_CONFIG_D7                           1 108   6 number      20 - spi_pad     SPI_PAD_configure D7
WAFER_VERSION_MAJOR                         1 114   2 number      20 - identity    WAFER_VERSION_MAJOR
WAFER_VERSION_MINOR_HI                      1 116   1 flag        20 - identity    WAFER_VERSION_MINOR most significant bit
FLASH_VERSION                               1 117   4 number      20 - flash       Flash version
BLK_VERSION_MAJOR                           1 121   2 number      20 - identity    BLK_VERSION_MAJOR
PSRAM_VERSION                               1 124   4 number      20 - identity    PSRAM version
PKG_VERSION                                 1 128   4 number      20 - identity    Package version
WAFER_VERSION_MINOR_LO                      1 132   3 number      20 - identity    WAFER_VERSION_MINOR least significant bits
OPTIONAL_UNIQUE_ID                          2   0 128 key         21 - identity    Optional unique 128-bit ID
BLK_VERSION_MINOR                           2 132   3 number      21 - identity    BLK_VERSION_MINOR of BLOCK2 {0: No calib; 1: ADC calib V1; 2: ADC calib V2}
CUSTOM_MAC/MAC_CUSTOM/USER_DATA_MAC_CUSTOM  3 200  48 mac         22 - MAC         Custom MAC
BLOCK_USR_DATA/USER_DATA                    3   0 256 bytes       22 - config      User data
BLOCK_KEY0/KEY0                             4   0 256 key         23 0 security    Key0 or user data
BLOCK_KEY1/KEY1                             5   0 256 key         24 1 security    Key1 or user data
BLOCK_KEY2/KEY2                             6   0 256 key         25 2 security    Key2 or user data
BLOCK_KEY3/KEY3                             7   0 256 key         26 3 security    Key3 or user data
BLOCK_KEY4/KEY4                             8   0 256 key         27 4 security    Key4 or user data
BLOCK_KEY5/KEY5                             9   0 256 key         28 5 security    Key5 or user data
BLOCK_SYS_DATA2/SYS_DATA_PART2             10   0 256 bytes       29 6 config      System data part 2 (reserved)
ADC_CALIB                                   2 128   4 adc         21 - calibration 4 bit of ADC calibration
TEMP_CALIB                                  2 135   9 temperature 21 - calibration Temperature calibration data
RTCCALIB_V1IDX_A10H                         2 144   8 number      21 - calibration
RTCCALIB_V1IDX_A11H                         2 152   8 number      21 - calibration
RTCCALIB_V1IDX_A12H                         2 160   8 number      21 - calibration
RTCCALIB_V1IDX_A13H                         2 168   8 number      21 - calibration
RTCCALIB_V1IDX_A20H                         2 176   8 number      21 - calibration
RTCCALIB_V1IDX_A21H                         2 184   8 number      21 - calibration
RTCCALIB_V1IDX_A22H                         2 192   8 number      21 - calibration
RTCCALIB_V1IDX_A23H                         2 200   8 number      21 - calibration
RTCCALIB_V1IDX_A10L                         2 208   6 number      21 - calibration
RTCCALIB_V1IDX_A11L                         2 214   6 number      21 - calibration
RTCCALIB_V1IDX_A12L                         2 220   6 number      21 - calibration
RTCCALIB_V1IDX_A13L                         2 226   6 number      21 - calibration
RTCCALIB_V1IDX_A20L                         2 232   6 number      21 - calibration
RTCCALIB_V1IDX_A21L                         2 238   6 number      21 - calibration
RTCCALIB_V1IDX_A22L                         2 244   6 number      21 - calibration
RTCCALIB_V1IDX_A23L                         2 250   6 number      21 - calibration
`);
