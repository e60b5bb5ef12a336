import { efuseFieldTable } from '../efuseFieldTable.ts';
import type { EfuseField } from '../chip.ts';

// Fields and descriptions: ESP-IDF, components/efuse/esp32 (Apache-2.0, Espressif Systems).
// Columns: name/other names, block, first bit, bits, kind, WR_DIS bit, RD_DIS bit, category, description {value: meaning}.

export const ESP32_FIELDS: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                               0   0  16 number  1 - config      Efuse write disable mask
RD_DIS                               0  16   4 number  0 - config      Disable reading from BlOCK1-3
FLASH_CRYPT_CNT                      0  20   7 number  2 - flash       Flash encryption is enabled if this field has an odd number of bits set
UART_DOWNLOAD_DIS                    0  27   1 flag    2 - security    Disable UART download mode. Valid for ESP32 V3 and newer; only
MAC/MAC_FACTORY                      0  32  48 mac     3 - MAC         MAC address
MAC_CRC/MAC_FACTORY_CRC              0  80   8 number  3 - MAC         CRC8 for MAC address
DISABLE_APP_CPU/CHIP_VER_DIS_APP_CPU 0  96   1 flag    3 - config      Disables APP CPU
DISABLE_BT/CHIP_VER_DIS_BT           0  97   1 flag    3 - config      Disables Bluetooth
CHIP_PACKAGE_4BIT/CHIP_VER_PKG_4BIT  0  98   1 flag    - - identity    Chip package identifier #4bit
DIS_CACHE/CHIP_VER_DIS_CACHE         0  99   1 flag    3 - config      Disables cache
SPI_PAD_CONFIG_HD                    0 100   5 pin     - - spi_pad     read for SPI_pad_config_hd
CHIP_PACKAGE/CHIP_VER_PKG            0 105   3 number  - - identity    Chip package identifier
CHIP_CPU_FREQ_LOW                    0 108   1 flag    - - config      If set alongside EFUSE_RD_CHIP_CPU_FREQ_RATED; the ESP32's max CPU frequency is rated for 160MHz. 240MHz otherwise
CHIP_CPU_FREQ_RATED                  0 109   1 flag    - - config      If set; the ESP32's maximum CPU frequency has been rated
BLK3_PART_RESERVE                    0 110   1 flag   10 3 config      BLOCK3 partially served for ADC calibration data
CHIP_VER_REV1                        0 111   1 flag    - - identity    bit is set to 1 for rev1 silicon
CLK8M_FREQ/CK8M_FREQ                 0 128   8 number  4 - config      8MHz clock freq override
ADC_VREF                             0 136   5 vref    4 - calibration True ADC reference voltage
XPD_SDIO_REG                         0 142   1 flag    5 - vdd         read for XPD_SDIO_REG
XPD_SDIO_TIEH/SDIO_TIEH              0 143   1 flag    5 - vdd         If XPD_SDIO_FORCE & XPD_SDIO_REG {1: 3.3V; 0: 1.8V}
XPD_SDIO_FORCE/SDIO_FORCE            0 144   1 flag    5 - vdd         Ignore MTDI pin (GPIO12) for VDD_SDIO on reset
SPI_PAD_CONFIG_CLK                   0 160   5 pin     6 - spi_pad     Override SD_CLK pad (GPIO6/SPICLK)
SPI_PAD_CONFIG_Q                     0 165   5 pin     6 - spi_pad     Override SD_DATA_0 pad (GPIO7/SPIQ)
SPI_PAD_CONFIG_D                     0 170   5 pin     6 - spi_pad     Override SD_DATA_1 pad (GPIO8/SPID)
SPI_PAD_CONFIG_CS0                   0 175   5 pin     6 - spi_pad     Override SD_CMD pad (GPIO11/SPICS0)
CHIP_VER_REV2                        0 180   1 flag    - - identity
VOL_LEVEL_HP_INV                     0 182   2 number  3 - config      This field stores the voltage level for CPU to run at 240 MHz; or for flash/PSRAM to run at 80 MHz.0x0: level 7; 0x1: level 6; 0x2: level 5; 0x3: level 4. (RO)
WAFER_VERSION_MINOR/CHIP_VERSION     0 184   2 number  - - identity
FLASH_CRYPT_CONFIG/ENCRYPT_CONFIG    0 188   4 number 10 3 flash       Flash encryption config (key tweak bits)
CODING_SCHEME                        0 192   2 number 10 3 config      Efuse variable block length scheme {0: NONE (BLK1-3 len=256 bits); 1: 3/4 (BLK1-3 len=192 bits); 2: REPEAT (BLK1-3 len=128 bits) not supported; 3: NONE (BLK1-3 len=256 bits)}
CONSOLE_DEBUG_DISABLE                0 194   1 flag   15 - config      Disable ROM BASIC interpreter fallback
DISABLE_SDIO_HOST                    0 195   1 flag    - - config
ABS_DONE_0                           0 196   1 flag   12 - security    Secure boot V1 is enabled for bootloader image
ABS_DONE_1                           0 197   1 flag   13 - security    Secure boot V2 is enabled for bootloader image
JTAG_DISABLE/DISABLE_JTAG            0 198   1 flag   14 - jtag        Disable JTAG
DISABLE_DL_ENCRYPT                   0 199   1 flag   15 - security    Disable flash encryption in UART bootloader
DISABLE_DL_DECRYPT                   0 200   1 flag   15 - security    Disable flash decryption in UART bootloader
DISABLE_DL_CACHE                     0 201   1 flag   15 - config      Disable flash cache in UART bootloader
KEY_STATUS                           0 202   1 flag   10 3 security    Usage of efuse block 3 (reserved)
SECURE_VERSION                       3 128  32 count   9 2 security    Secure version for anti-rollback
MAC_VERSION/MAC_CUSTOM_VER           3 184   8 number  9 2 MAC         Version of the MAC field {1: Custom MAC in BLOCK3}
BLOCK1/ENCRYPT_FLASH_KEY/BLK1        1   0 256 key     7 0 security    Flash encryption key
BLOCK2/SECURE_BOOT_KEY/BLK2          2   0 256 key     8 1 security    Security boot key
BLOCK3/BLK3                          3   0 256 key     9 2 security    User data, custom MAC, ADC calibration
CUSTOM_MAC_CRC/MAC_CUSTOM_CRC        3   0   8 number  9 2 MAC         CRC8 for custom MAC address
CUSTOM_MAC/MAC_CUSTOM                3   8  48 mac     9 2 MAC         Custom MAC address
ADC1_TP_LOW                          3  96   7 adc     9 2 calibration ADC1 Two Point calibration low point. Only valid if EFUSE_RD_BLK3_PART_RESERVE
ADC1_TP_HIGH                         3 103   9 adc     9 2 calibration ADC1 Two Point calibration high point. Only valid if EFUSE_RD_BLK3_PART_RESERVE
ADC2_TP_LOW                          3 112   7 adc     9 2 calibration ADC2 Two Point calibration low point. Only valid if EFUSE_RD_BLK3_PART_RESERVE
ADC2_TP_HIGH                         3 119   9 adc     9 2 calibration ADC2 Two Point calibration high point. Only valid if EFUSE_RD_BLK3_PART_RESERVE
`);
