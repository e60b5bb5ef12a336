import { efuseFieldTable } from '../efuseFieldTable.ts';
import type { EfuseField } from '../chip.ts';

// Fields and descriptions: ESP-IDF, components/efuse/esp32p4 (Apache-2.0, Espressif Systems).
// Columns: name/other names, block, first bit, bits, kind, WR_DIS bit, RD_DIS bit, category, description {value: meaning}.

export const ESP32P4_FIELDS_BEFORE_V3: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                                      0   0  32 number   - - config      Disable programming of individual eFuses
RD_DIS                                      0  32   7 number   0 - config      Disable reading from BlOCK4-10
USB_DEVICE_EXCHG_PINS                       0  39   1 flag    30 - usb         Enable usb device exchange pins of D+ and D-
USB_OTG11_EXCHG_PINS                        0  40   1 flag    30 - usb         Enable usb otg11 exchange pins of D+ and D-
DIS_USB_JTAG                                0  41   1 flag     2 - usb         Represents whether the function of usb switch to jtag is disabled or enabled. 1: disabled. 0: enabled
POWERGLITCH_EN                              0  42   1 flag     - - config      Represents whether power glitch function is enabled. 1: enabled. 0: disabled
DIS_FORCE_DOWNLOAD                          0  44   1 flag     2 - security    Represents whether the function that forces chip into download mode is disabled or enabled. 1: disabled. 0: enabled
SPI_DOWNLOAD_MSPI_DIS                       0  45   1 flag     2 - security    Set this bit to disable accessing MSPI flash/MSPI ram by SYS AXI matrix during boot_mode_download
DIS_TWAI                                    0  46   1 flag     2 - config      Represents whether TWAI function is disabled or enabled. 1: disabled. 0: enabled
JTAG_SEL_ENABLE                             0  47   1 flag     2 - jtag        Represents whether the selection between usb_to_jtag and pad_to_jtag through strapping gpio34 when both EFUSE_DIS_PAD_JTAG and EFUSE_DIS_USB_JTAG are equal to 0 is enabled or disabled. 1: enabled. 0: disabled
SOFT_DIS_JTAG                               0  48   3 number  31 - jtag        Represents whether JTAG is disabled in soft way. Odd number: disabled. Even number: enabled
DIS_PAD_JTAG                                0  51   1 flag     2 - jtag        Represents whether JTAG is disabled in the hard way(permanently). 1: disabled. 0: enabled
DIS_DOWNLOAD_MANUAL_ENCRYPT                 0  52   1 flag     2 - security    Represents whether flash encrypt function is disabled or enabled(except in SPI boot mode). 1: disabled. 0: enabled
USB_PHY_SEL                                 0  57   1 flag    30 - usb         TBD
KM_HUK_GEN_STATE                            0  58   9 number  19 - config      Set this bit to control validation of HUK generate mode. Odd of 1 is invalid; even of 1 is valid
KM_RND_SWITCH_CYCLE                         0  67   2 number   1 - config      Set bits to control key manager random number switch cycle. 0: control by register. 1: 8 km clk cycles. 2: 16 km cycles. 3: 32 km cycles
KM_DEPLOY_ONLY_ONCE                         0  69   4 number   1 - config      Set each bit to control whether corresponding key can only be deployed once. 1 is true; 0 is false. Bit0: ecdsa. Bit1: xts. Bit2: hmac. Bit3: ds
FORCE_USE_KEY_MANAGER_KEY                   0  73   4 number   1 - security    Set each bit to control whether corresponding key must come from key manager.. 1 is true; 0 is false. Bit0: ecdsa. Bit1: xts. Bit2: hmac. Bit3: ds
FORCE_DISABLE_SW_INIT_KEY                   0  77   1 flag     1 - security    Set this bit to disable software written init key; and force use efuse_init_key
XTS_KEY_LENGTH_256                          0  78   1 flag     1 - security    Set this bit to configure flash encryption use xts-128 key; else use xts-256 key
WDT_DELAY_SEL                               0  80   2 number   2 - wdt         Represents whether RTC watchdog timeout threshold is selected at startup. 1: selected. 0: not selected
SPI_BOOT_CRYPT_CNT                          0  82   3 count    4 - security    Enables flash encryption when 1 or 3 bits are set and disables otherwise {0: Disable; 1: Enable; 3: Disable; 7: Enable}
SECURE_BOOT_KEY_REVOKE0                     0  85   1 flag     5 - security    Revoke 1st secure boot key
SECURE_BOOT_KEY_REVOKE1                     0  86   1 flag     6 - security    Revoke 2nd secure boot key
SECURE_BOOT_KEY_REVOKE2                     0  87   1 flag     7 - security    Revoke 3rd secure boot key
KEY_PURPOSE_0/KEY0_PURPOSE                  0  88   4 purpose  8 - security    Represents the purpose of Key0
KEY_PURPOSE_1/KEY1_PURPOSE                  0  92   4 purpose  9 - security    Represents the purpose of Key1
KEY_PURPOSE_2/KEY2_PURPOSE                  0  96   4 purpose 10 - security    Represents the purpose of Key2
KEY_PURPOSE_3/KEY3_PURPOSE                  0 100   4 purpose 11 - security    Represents the purpose of Key3
KEY_PURPOSE_4/KEY4_PURPOSE                  0 104   4 purpose 12 - security    Represents the purpose of Key4
KEY_PURPOSE_5/KEY5_PURPOSE                  0 108   4 purpose 13 - security    Represents the purpose of Key5
SEC_DPA_LEVEL                               0 112   2 number  14 - security    Represents the spa secure level by configuring the clock random divide mode
ECDSA_ENABLE_SOFT_K                         0 114   1 flag    17 - security    Represents whether hardware random number k is forced used in ESDCA. 1: force used. 0: not force used
CRYPT_DPA_ENABLE                            0 115   1 flag    14 - security    Represents whether anti-dpa attack is enabled. 1:enabled. 0: disabled
SECURE_BOOT_EN                              0 116   1 flag    15 - security    Represents whether secure boot is enabled or disabled. 1: enabled. 0: disabled
SECURE_BOOT_AGGRESSIVE_REVOKE               0 117   1 flag    16 - security    Represents whether revoking aggressive secure boot is enabled or disabled. 1: enabled. 0: disabled
FLASH_TYPE                                  0 119   1 flag    18 - flash       The type of interfaced flash. 0: four data lines; 1: eight data lines
FLASH_PAGE_SIZE                             0 120   2 number  18 - flash       Set flash page size
FLASH_ECC_EN                                0 122   1 flag    18 - flash       Set this bit to enable ecc for flash boot
DIS_USB_OTG_DOWNLOAD_MODE                   0 123   1 flag    18 - usb         Set this bit to disable download via USB-OTG
FLASH_TPUW                                  0 124   4 number  18 - flash       Represents the flash waiting time after power-up; in unit of ms. When the value less than 15; the waiting time is the programmed value. Otherwise; the waiting time is 2 times the programmed value
DIS_DOWNLOAD_MODE                           0 128   1 flag    18 - security    Represents whether Download mode is disabled or enabled. 1: disabled. 0: enabled
DIS_DIRECT_BOOT                             0 129   1 flag    18 - config      Represents whether direct boot mode is disabled or enabled. 1: disabled. 0: enabled
DIS_USB_SERIAL_JTAG_ROM_PRINT               0 130   1 flag    18 - usb         Represents whether print from USB-Serial-JTAG is disabled or enabled. 1: disabled. 0: enabled
LOCK_KM_KEY                                 0 131   1 flag     1 - security    TBD
DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE           0 132   1 flag    18 - usb         Represents whether the USB-Serial-JTAG download function is disabled or enabled. 1: disabled. 0: enabled
ENABLE_SECURITY_DOWNLOAD                    0 133   1 flag    18 - security    Represents whether security download is enabled or disabled. 1: enabled. 0: disabled
UART_PRINT_CONTROL                          0 134   2 number  18 - config      Represents the type of UART printing. 00: force enable printing. 01: enable printing when GPIO8 is reset at low level. 10: enable printing when GPIO8 is reset at high level. 11: force disable printing
FORCE_SEND_RESUME                           0 136   1 flag    18 - flash       Represents whether ROM code is forced to send a resume command during SPI boot. 1: forced. 0:not forced
SECURE_VERSION                              0 137  16 count   18 - security    Represents the version used by ESP-IDF anti-rollback feature
SECURE_BOOT_DISABLE_FAST_WAKE               0 153   1 flag    18 - security    Represents whether FAST VERIFY ON WAKE is disabled or enabled when Secure Boot is enabled. 1: disabled. 0: enabled
HYS_EN_PAD                                  0 154   1 flag     2 - config      Represents whether the hysteresis function of corresponding PAD is enabled. 1: enabled. 0:disabled
DCDC_VSET                                   0 155   5 number   - - config      Set the dcdc voltage default
PXA0_TIEH_SEL_0                             0 160   2 number   2 - config      TBD
PXA0_TIEH_SEL_1                             0 162   2 number   2 - config      TBD
PXA0_TIEH_SEL_2                             0 164   2 number   2 - config      TBD
PXA0_TIEH_SEL_3                             0 166   2 number   2 - config      TBD
KM_DISABLE_DEPLOY_MODE                      0 168   4 number   1 - config      TBD
HP_PWR_SRC_SEL                              0 178   1 flag     3 - config      HP system power source select. 0:LDO. 1: DCDC
DCDC_VSET_EN                                0 179   1 flag     - - config      Select dcdc vset use efuse_dcdc_vset
DIS_WDT                                     0 180   1 flag     2 - wdt         Set this bit to disable watch dog
DIS_SWD                                     0 181   1 flag     2 - config      Set this bit to disable super-watchdog
MAC/MAC_FACTORY                             1   0  48 mac     20 - MAC         MAC address
WAFER_VERSION_MINOR                         1  64   4 number  20 - identity    Minor chip version
WAFER_VERSION_MAJOR_LO                      1  68   2 number  20 - identity    Major chip version (lower 2 bits)
DISABLE_WAFER_VERSION_MAJOR                 1  70   1 flag    20 - identity    Disables check of wafer version major
DISABLE_BLK_VERSION_MAJOR                   1  71   1 flag    20 - identity    Disables check of blk version major
BLK_VERSION_MINOR                           1  72   3 number  20 - identity    BLK_VERSION_MINOR of BLOCK2
BLK_VERSION_MAJOR                           1  75   2 number  20 - identity    BLK_VERSION_MAJOR of BLOCK2
PSRAM_CAP                                   1  77   3 number  20 - config      PSRAM capacity
TEMP                                        1  80   2 number  20 - config      Operating temperature of the ESP chip
PSRAM_VENDOR                                1  82   2 number  20 - config      PSRAM vendor
PKG_VERSION                                 1  84   3 number  20 - identity    Package version
WAFER_VERSION_MAJOR_HI                      1  87   1 flag    20 - identity    Major chip version, bit 2
OPTIONAL_UNIQUE_ID                          2   0 128 key     21 - identity    Optional unique 128-bit ID
CUSTOM_MAC/MAC_CUSTOM/USER_DATA_MAC_CUSTOM  3 200  48 mac     22 - MAC         Custom MAC
BLOCK_USR_DATA/USER_DATA                    3   0 256 bytes   22 - config      User data
BLOCK_KEY0/KEY0                             4   0 256 key     23 0 security    Key0 or user data
BLOCK_KEY1/KEY1                             5   0 256 key     24 1 security    Key1 or user data
BLOCK_KEY2/KEY2                             6   0 256 key     25 2 security    Key2 or user data
BLOCK_KEY3/KEY3                             7   0 256 key     26 3 security    Key3 or user data
BLOCK_KEY4/KEY4                             8   0 256 key     27 4 security    Key4 or user data
BLOCK_KEY5/KEY5                             9   0 256 key     28 5 security    Key5 or user data
LDO_VO1_DREF                                1  88   4 adc     20 - calibration Output VO1 parameter
LDO_VO2_DREF                                1  92   4 adc     20 - calibration Output VO2 parameter
LDO_VO1_MUL                                 1  96   3 adc     20 - calibration Output VO1 parameter
LDO_VO2_MUL                                 1  99   3 adc     20 - calibration Output VO2 parameter
LDO_VO3_K                                   1 102   8 adc     20 - calibration Output VO3 calibration parameter
LDO_VO3_VOS                                 1 110   6 adc     20 - calibration Output VO3 calibration parameter
LDO_VO3_C                                   1 116   6 adc     20 - calibration Output VO3 calibration parameter
LDO_VO4_K                                   1 122   8 adc     20 - calibration Output VO4 calibration parameter
LDO_VO4_VOS                                 1 130   6 adc     20 - calibration Output VO4 calibration parameter
LDO_VO4_C                                   1 136   6 adc     20 - calibration Output VO4 calibration parameter
ACTIVE_HP_DBIAS                             1 144   4 adc     20 - calibration Active HP DBIAS of fixed voltage
ACTIVE_LP_DBIAS                             1 148   4 adc     20 - calibration Active LP DBIAS of fixed voltage
LSLP_HP_DBIAS                               1 152   4 adc     20 - calibration LSLP HP DBIAS of fixed voltage
DSLP_DBG                                    1 156   4 number  20 - calibration DSLP BDG of fixed voltage
DSLP_LP_DBIAS                               1 160   5 adc     20 - calibration DSLP LP DBIAS of fixed voltage
LP_DCDC_DBIAS_VOL_GAP                       1 165   5 adc     20 - calibration DBIAS gap between LP and DCDC
ADC1_AVE_INITCODE_ATTEN0                    2 128  10 adc     21 - calibration Average initcode of ADC1 atten0
ADC1_AVE_INITCODE_ATTEN1                    2 138  10 adc     21 - calibration Average initcode of ADC1 atten1
ADC1_AVE_INITCODE_ATTEN2                    2 148  10 adc     21 - calibration Average initcode of ADC1 atten2
ADC1_AVE_INITCODE_ATTEN3                    2 158  10 adc     21 - calibration Average initcode of ADC1 atten3
ADC2_AVE_INITCODE_ATTEN0                    2 168  10 adc     21 - calibration Average initcode of ADC2 atten0
ADC2_AVE_INITCODE_ATTEN1                    2 178  10 adc     21 - calibration Average initcode of ADC2 atten1
ADC2_AVE_INITCODE_ATTEN2                    2 188  10 adc     21 - calibration Average initcode of ADC2 atten2
ADC2_AVE_INITCODE_ATTEN3                    2 198  10 adc     21 - calibration Average initcode of ADC2 atten3
ADC1_HI_DOUT_ATTEN0                         2 208  10 adc     21 - calibration HI_DOUT of ADC1 atten0
ADC1_HI_DOUT_ATTEN1                         2 218  10 adc     21 - calibration HI_DOUT of ADC1 atten1
ADC1_HI_DOUT_ATTEN2                         2 228  10 adc     21 - calibration HI_DOUT of ADC1 atten2
ADC1_HI_DOUT_ATTEN3                         2 238  10 adc     21 - calibration HI_DOUT of ADC1 atten3
ADC2_HI_DOUT_ATTEN0                        10   0  10 adc     29 6 calibration HI_DOUT of ADC2 atten0
ADC2_HI_DOUT_ATTEN1                        10  10  10 adc     29 6 calibration HI_DOUT of ADC2 atten1
ADC2_HI_DOUT_ATTEN2                        10  20  10 adc     29 6 calibration HI_DOUT of ADC2 atten2
ADC2_HI_DOUT_ATTEN3                        10  30  10 adc     29 6 calibration HI_DOUT of ADC2 atten3
ADC1_CH0_ATTEN0_INITCODE_DIFF              10  40   4 adc     29 6 calibration Gap between ADC1_ch0 and average initcode
ADC1_CH1_ATTEN0_INITCODE_DIFF              10  44   4 adc     29 6 calibration Gap between ADC1_ch1 and average initcode
ADC1_CH2_ATTEN0_INITCODE_DIFF              10  48   4 adc     29 6 calibration Gap between ADC1_ch2 and average initcode
ADC1_CH3_ATTEN0_INITCODE_DIFF              10  52   4 adc     29 6 calibration Gap between ADC1_ch3 and average initcode
ADC1_CH4_ATTEN0_INITCODE_DIFF              10  56   4 adc     29 6 calibration Gap between ADC1_ch4 and average initcode
ADC1_CH5_ATTEN0_INITCODE_DIFF              10  60   4 adc     29 6 calibration Gap between ADC1_ch5 and average initcode
ADC1_CH6_ATTEN0_INITCODE_DIFF              10  64   4 adc     29 6 calibration Gap between ADC1_ch6 and average initcode
ADC1_CH7_ATTEN0_INITCODE_DIFF              10  68   4 adc     29 6 calibration Gap between ADC1_ch7 and average initcode
ADC2_CH0_ATTEN0_INITCODE_DIFF              10  72   4 adc     29 6 calibration Gap between ADC2_ch0 and average initcode
ADC2_CH1_ATTEN0_INITCODE_DIFF              10  76   4 adc     29 6 calibration Gap between ADC2_ch1 and average initcode
ADC2_CH2_ATTEN0_INITCODE_DIFF              10  80   4 adc     29 6 calibration Gap between ADC2_ch2 and average initcode
ADC2_CH3_ATTEN0_INITCODE_DIFF              10  84   4 adc     29 6 calibration Gap between ADC2_ch3 and average initcode
ADC2_CH4_ATTEN0_INITCODE_DIFF              10  88   4 adc     29 6 calibration Gap between ADC2_ch4 and average initcode
ADC2_CH5_ATTEN0_INITCODE_DIFF              10  92   4 adc     29 6 calibration Gap between ADC2_ch5 and average initcode
TEMPERATURE_SENSOR                         10  96   9 number  29 6 calibration Temperature calibration data
`);

/** From revision v3.0 on. */
export const ESP32P4_FIELDS: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                                      0   0  32 number   - - config      Disable programming of individual eFuses
RD_DIS                                      0  32   7 number   0 - config      Disable reading from BlOCK4-10
RECOVERY_BOOTLOADER_FLASH_SECTOR_0_1        0  39   2 number   - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled
DIS_USB_JTAG                                0  41   1 flag     2 - usb         Set this bit to disable function of usb switch to jtag in module of usb device
RECOVERY_BOOTLOADER_FLASH_SECTOR_2_2        0  42   1 flag     - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled
DIS_FORCE_DOWNLOAD                          0  44   1 flag     2 - security    Set this bit to disable the function that forces chip into download mode
SPI_DOWNLOAD_MSPI_DIS                       0  45   1 flag     2 - security    Set this bit to disable accessing MSPI flash/MSPI ram by SYS AXI matrix during boot_mode_download
DIS_TWAI                                    0  46   1 flag     2 - config      Set this bit to disable TWAI function
JTAG_SEL_ENABLE                             0  47   1 flag     2 - jtag        Set this bit to enable selection between usb_to_jtag and pad_to_jtag through strapping gpio25 when both EFUSE_DIS_PAD_JTAG and EFUSE_DIS_USB_JTAG are equal to 0
SOFT_DIS_JTAG                               0  48   3 number  31 - jtag        Set odd bits to disable JTAG in the soft way. JTAG can be enabled in HMAC module
DIS_PAD_JTAG                                0  51   1 flag     2 - jtag        Set this bit to disable JTAG in the hard way. JTAG is disabled permanently
DIS_DOWNLOAD_MANUAL_ENCRYPT                 0  52   1 flag     2 - security    Set this bit to disable flash manual encrypt function (except in SPI boot mode)
RECOVERY_BOOTLOADER_FLASH_SECTOR_3_6        0  53   4 number   - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled
USB_PHY_SEL                                 0  57   1 flag     - - usb         0: intphy(gpio24/25) <---> usb_device 1: intphy(26/27) <---> usb_otg11.1: intphy(gpio26/27) <---> usb_device 1: intphy(24/25) <---> usb_otg11
HUK_GEN_STATE                               0  58   5 number  19 - config      Set the bits to control validation of HUK generate mode. Odd of 1 is invalid; even of 1 is valid
RECOVERY_BOOTLOADER_FLASH_SECTOR_7_7        0  63   1 flag     - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled
RECOVERY_BOOTLOADER_FLASH_SECTOR_8_10       0  64   3 number   - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled
RECOVERY_BOOTLOADER_FLASH_SECTOR_11_11      0  67   1 flag     - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled
KM_RND_SWITCH_CYCLE                         0  68   1 flag     1 - config      Set the bits to control key manager random number switch cycle. 0: control by register. 1: 8 km clk cycles. 2: 16 km cycles. 3: 32 km cycles
KM_DEPLOY_ONLY_ONCE                         0  69   4 number   1 - config      EFUSE_KM_DEPLOY_ONLY_ONCE and EFUSE_KM_DEPLOY_ONLY_ONCE_H together form one field: {EFUSE_KM_DEPLOY_ONLY_ONCE_H; EFUSE_KM_DEPLOY_ONLY_ONCE[3:0]}. Set each bit to control whether corresponding key can only be deployed once. 1 is true; 0 is false. bit 0: ecsda; bit 1: xts; bit2: hmac; bit3: ds; bit4:psram
FORCE_USE_KEY_MANAGER_KEY                   0  73   4 number   1 - security    EFUSE_FORCE_USE_KEY_MANAGER_KEY and EFUSE_FORCE_USE_KEY_MANAGER_KEY_H together form one field: {EFUSE_FORCE_USE_KEY_MANAGER_KEY_H; EFUSE_FORCE_USE_KEY_MANAGER_KEY[3:0]}. Set each bit to control whether corresponding key must come from key manager. 1 is true; 0 is false. bit 0: ecsda; bit 1: xts; bit2: hmac; bit3: ds; bit4:psram
FORCE_DISABLE_SW_INIT_KEY                   0  77   1 flag     1 - security    Set this bit to disable software written init key; and force use efuse_init_key
KM_XTS_KEY_LENGTH_256                       0  78   1 flag     1 - security    Set this bit to config flash encryption xts-512 key; else use xts-256 key when using the key manager
ECC_FORCE_CONST_TIME                        0  79   1 flag    14 - config      Set this bit to permanently turn on ECC const-time mode
DOWNLOAD_MODE_XPD_ON                        0  80   1 flag     - - vdd         Powers XPD on in download mode
WDT_DELAY_SEL                               0  81   1 flag     2 - wdt         Select lp wdt timeout threshold at startup = initial timeout value * (2 ^ (EFUSE_WDT_DELAY_SEL + 1))
SPI_BOOT_CRYPT_CNT                          0  82   3 count    4 - security    Set this bit to enable SPI boot encrypt/decrypt. Odd number of 1: enable. even number of 1: disable {0: Disable; 1: Enable; 3: Disable; 7: Enable}
SECURE_BOOT_KEY_REVOKE0                     0  85   1 flag     5 - security    Revoke 1st secure boot key
SECURE_BOOT_KEY_REVOKE1                     0  86   1 flag     6 - security    Revoke 2nd secure boot key
SECURE_BOOT_KEY_REVOKE2                     0  87   1 flag     7 - security    Revoke 3rd secure boot key
KEY_PURPOSE_0/KEY0_PURPOSE                  0  88   4 purpose  8 - security    Purpose of Key0
KEY_PURPOSE_1/KEY1_PURPOSE                  0  92   4 purpose  9 - security    Purpose of Key1
KEY_PURPOSE_2/KEY2_PURPOSE                  0  96   4 purpose 10 - security    Purpose of Key2
KEY_PURPOSE_3/KEY3_PURPOSE                  0 100   4 purpose 11 - security    Purpose of Key3
KEY_PURPOSE_4/KEY4_PURPOSE                  0 104   4 purpose 12 - security    Purpose of Key4
KEY_PURPOSE_5/KEY5_PURPOSE                  0 108   4 purpose 13 - security    Purpose of Key5
SEC_DPA_LEVEL                               0 112   2 number  14 - security    Configures the clock random divide mode to determine the dpa secure level
XTS_DPA_CLK_ENABLE                          0 115   1 flag    14 - security    Sets this bit to enable xts clock anti-dpa attack function
SECURE_BOOT_EN                              0 116   1 flag    15 - security    Set this bit to enable secure boot
SECURE_BOOT_AGGRESSIVE_REVOKE               0 117   1 flag    16 - security    Set this bit to enable revoking aggressive secure boot
KM_DEPLOY_ONLY_ONCE_H                       0 118   1 flag     1 - config      EFUSE_KM_DEPLOY_ONLY_ONCE and EFUSE_KM_DEPLOY_ONLY_ONCE_H together form one field: {EFUSE_KM_DEPLOY_ONLY_ONCE_H; EFUSE_KM_DEPLOY_ONLY_ONCE[3:0]}. Set each bit to control whether corresponding key can only be deployed once. 1 is true; 0 is false. bit 0: ecsda; bit 1: xts; bit2: hmac; bit3: ds; bit4:psram
FORCE_USE_KEY_MANAGER_KEY_H                 0 119   1 flag     1 - security    EFUSE_FORCE_USE_KEY_MANAGER_KEY and EFUSE_FORCE_USE_KEY_MANAGER_KEY_H together form one field: {EFUSE_FORCE_USE_KEY_MANAGER_KEY_H; EFUSE_FORCE_USE_KEY_MANAGER_KEY[3:0]}. Set each bit to control whether corresponding key must come from key manager. 1 is true; 0 is false. bit 0: ecsda; bit 1: xts; bit2: hmac; bit3: ds; bit4:psram
FLASH_ECC_EN                                0 122   1 flag    18 - flash       Set this bit to enable ECC for flash boot
DIS_USB_OTG_DOWNLOAD_MODE                   0 123   1 flag    18 - usb         Set this bit to disable download via USB-OTG
FLASH_TPUW                                  0 124   4 number  18 - flash       Configures flash waiting time after power-up; in unit of ms. When the value less than 15; the waiting time is the configurable value. Otherwise; the waiting time is 30
DIS_DOWNLOAD_MODE                           0 128   1 flag    18 - security    Set this bit to disable download mode (boot_mode[3:0] = 0; 1; 2; 4; 5; 6; 7)
DIS_DIRECT_BOOT                             0 129   1 flag    18 - config      Set this bit to disable direct boot mode
DIS_USB_SERIAL_JTAG_ROM_PRINT               0 130   1 flag    18 - usb         Set this bit to disable USB-Serial-JTAG print during rom boot
LOCK_KM_KEY                                 0 131   1 flag     1 - security    set this bit to lock the key manager key after deploy
DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE           0 132   1 flag    18 - usb         Set this bit to disable the USB-Serial-JTAG download function
ENABLE_SECURITY_DOWNLOAD                    0 133   1 flag    18 - security    Set this bit to enable security download mode
UART_PRINT_CONTROL                          0 134   2 number  18 - config      Set the type of UART printing; 00: force enable printing; 01: enable printing when GPIO8 is reset at low level; 10: enable printing when GPIO8 is reset at high level; 11: force disable printing
FORCE_SEND_RESUME                           0 136   1 flag    18 - flash       Set this bit to force ROM code to send a resume command during SPI boot
SECURE_VERSION                              0 137  16 count   18 - security    Secure version used by ESP-IDF anti-rollback feature
SECURE_BOOT_DISABLE_FAST_WAKE               0 153   1 flag    18 - security    Represents whether secure boot do fast verification on wake is disabled. 0: enabled 1: disabled
HYS_EN_PAD                                  0 154   1 flag     2 - config      Set bits to enable hysteresis function of PAD0~27
KEY_PURPOSE_0_H                             0 155   1 flag     8 - security    Purpose of Key0, bit 4
KEY_PURPOSE_1_H                             0 156   1 flag     9 - security    Purpose of Key1, bit 4
KEY_PURPOSE_2_H                             0 157   1 flag    10 - security    Purpose of Key2, bit 4
KEY_PURPOSE_3_H                             0 158   1 flag    11 - security    Purpose of Key3, bit 4
KEY_PURPOSE_4_H                             0 159   1 flag    12 - security    Purpose of Key4, bit 4
PXA0_TIEH_SEL_0                             0 160   2 number   2 - config      Output LDO VO0 tieh source select. 0: 1'b1 1: sdmmc1 2: reg 3:sdmmc0
PVT_GLITCH_EN                               0 162   1 flag     3 - config      Represents whether to enable PVT power glitch monitor function.1:Enable. 0:Disable
KEY_PURPOSE_5_H                             0 164   1 flag    13 - security    Purpose of Key5, bit 4
KM_DISABLE_DEPLOY_MODE_H                    0 167   1 flag     1 - config      EFUSE_KM_DISABLE_DEPLOY_MODE and EFUSE_KM_DISABLE_DEPLOY_MODE_H together form one field: {EFUSE_KM_DISABLE_DEPLOY_MODE_H; EFUSE_KM_DISABLE_DEPLOY_MODE[3:0]}. Set each bit to control whether corresponding key's deploy mode of new value deployment is disabled. 1 is true; 0 is false. bit 0: ecsda; bit 1: xts; bit2: hmac; bit3: ds; bit4:psram
KM_DISABLE_DEPLOY_MODE                      0 168   4 number   1 - config      EFUSE_KM_DISABLE_DEPLOY_MODE and EFUSE_KM_DISABLE_DEPLOY_MODE_H together form one field: {EFUSE_KM_DISABLE_DEPLOY_MODE_H; EFUSE_KM_DISABLE_DEPLOY_MODE[3:0]}. Set each bit to control whether corresponding key's deploy mode of new value deployment is disabled. 1 is true; 0 is false. bit 0: ecsda; bit 1: xts; bit2: hmac; bit3: ds; bit4:psram
XTS_DPA_PSEUDO_LEVEL                        0 176   2 number  14 - security    Sets this bit to control the xts pseudo-round anti-dpa attack function. 0: controlled by register. 1-3: the higher the value is; the more pseudo-rounds are inserted to the xts-aes calculation
HP_PWR_SRC_SEL                              0 178   1 flag    17 - config      HP system power source select. 0:LDO  1: DCDC
SECURE_BOOT_SHA384_EN                       0 179   1 flag     - - security    Represents whether secure boot using SHA-384 is enabled. 0: disable 1: enable
DIS_WDT                                     0 180   1 flag     2 - wdt         Set this bit to disable watch dog
DIS_SWD                                     0 181   1 flag     2 - config      Set bit to disable super-watchdog
PVT_GLITCH_MODE                             0 182   2 number   3 - config      Use to configure glitch mode
MAC/MAC_FACTORY                             1   0  48 mac     20 - MAC         MAC address
WAFER_VERSION_MINOR                         1  64   4 number  20 - identity    Minor chip version
WAFER_VERSION_MAJOR_LO                      1  68   2 number  20 - identity    Major chip version (lower 2 bits)
DISABLE_WAFER_VERSION_MAJOR                 1  70   1 flag    20 - identity    Disables check of wafer version major
DISABLE_BLK_VERSION_MAJOR                   1  71   1 flag    20 - identity    Disables check of blk version major
BLK_VERSION_MINOR                           1  72   3 number  20 - identity    BLK_VERSION_MINOR of BLOCK2
BLK_VERSION_MAJOR                           1  75   2 number  20 - identity    BLK_VERSION_MAJOR of BLOCK2
PSRAM_CAP                                   1  77   3 number  20 - config      PSRAM capacity
TEMP                                        1  80   2 number  20 - config      Operating temperature of the ESP chip
PSRAM_VENDOR                                1  82   2 number  20 - config      PSRAM vendor
PKG_VERSION                                 1  84   3 number  20 - identity    Package version
WAFER_VERSION_MAJOR_HI                      1  87   1 flag    20 - identity    Major chip version, bit 2
PVT_400M_BIAS                               1 171   5 number  20 - config      PVT_DCM_VSET when the CPU is at 400M
PVT_40M_BIAS                                1 176   5 number  20 - config      PVT_DCM_VSET corresponding to about 0.9V fixed voltage when the CPU is at 40M
PVT_100M_BIAS                               1 181   5 number  20 - config      PVT_DCM_VSET corresponding to about 1.0V fixed voltage when the CPU is at 100M
OPTIONAL_UNIQUE_ID                          2   0 128 key     21 - identity    Optional unique 128-bit ID
CUSTOM_MAC/MAC_CUSTOM/USER_DATA_MAC_CUSTOM  3 200  48 mac     22 - MAC         Custom MAC
USB_DEVICE_EXCHG_PINS                      10 228   1 flag    29 6 usb         Enable usb device exchange pins of D+ and D-
USB_OTG11_EXCHG_PINS                       10 229   1 flag    29 6 usb         Enable usb otg11 exchange pins of D+ and D-
BLOCK_USR_DATA/USER_DATA                    3   0 256 bytes   22 - config      User data
BLOCK_KEY0/KEY0                             4   0 256 key     23 0 security    Key0 or user data
BLOCK_KEY1/KEY1                             5   0 256 key     24 1 security    Key1 or user data
BLOCK_KEY2/KEY2                             6   0 256 key     25 2 security    Key2 or user data
BLOCK_KEY3/KEY3                             7   0 256 key     26 3 security    Key3 or user data
BLOCK_KEY4/KEY4                             8   0 256 key     27 4 security    Key4 or user data
BLOCK_KEY5/KEY5                             9   0 256 key     28 5 security    Key5 or user data
LDO_VO1_DREF                                1  88   4 adc     20 - calibration Output VO1 parameter
LDO_VO2_DREF                                1  92   4 adc     20 - calibration Output VO2 parameter
LDO_VO1_MUL                                 1  96   3 adc     20 - calibration Output VO1 parameter
LDO_VO2_MUL                                 1  99   3 adc     20 - calibration Output VO2 parameter
LDO_VO3_K                                   1 102   8 adc     20 - calibration Output VO3 calibration parameter
LDO_VO3_VOS                                 1 110   6 adc     20 - calibration Output VO3 calibration parameter
LDO_VO3_C                                   1 116   6 adc     20 - calibration Output VO3 calibration parameter
LDO_VO4_K                                   1 122   8 adc     20 - calibration Output VO4 calibration parameter
LDO_VO4_VOS                                 1 130   6 adc     20 - calibration Output VO4 calibration parameter
LDO_VO4_C                                   1 136   6 adc     20 - calibration Output VO4 calibration parameter
ACTIVE_HP_DBIAS                             1 144   4 adc     20 - calibration Active HP DBIAS of fixed voltage
ACTIVE_LP_DBIAS                             1 148   4 adc     20 - calibration Active LP DBIAS of fixed voltage
DSLP_DBG                                    1 156   4 number  20 - calibration DSLP BDG of fixed voltage
DSLP_LP_DBIAS                               1 160   5 adc     20 - calibration DSLP LP DBIAS of fixed voltage
LP_DCDC_DBIAS_VOL_GAP                       1 165   5 adc     20 - calibration DBIAS gap between LP and DCDC
ADC1_AVE_INITCODE_ATTEN0                    2 128  10 adc     21 - calibration Average initcode of ADC1 atten0
ADC1_AVE_INITCODE_ATTEN1                    2 138  10 adc     21 - calibration Average initcode of ADC1 atten1
ADC1_AVE_INITCODE_ATTEN2                    2 148  10 adc     21 - calibration Average initcode of ADC1 atten2
ADC1_AVE_INITCODE_ATTEN3                    2 158  10 adc     21 - calibration Average initcode of ADC1 atten3
ADC2_AVE_INITCODE_ATTEN0                    2 168  10 adc     21 - calibration Average initcode of ADC2 atten0
ADC2_AVE_INITCODE_ATTEN1                    2 178  10 adc     21 - calibration Average initcode of ADC2 atten1
ADC2_AVE_INITCODE_ATTEN2                    2 188  10 adc     21 - calibration Average initcode of ADC2 atten2
ADC2_AVE_INITCODE_ATTEN3                    2 198  10 adc     21 - calibration Average initcode of ADC2 atten3
ADC1_HI_DOUT_ATTEN0                         2 208  10 adc     21 - calibration HI_DOUT of ADC1 atten0
ADC1_HI_DOUT_ATTEN1                         2 218  10 adc     21 - calibration HI_DOUT of ADC1 atten1
ADC1_HI_DOUT_ATTEN2                         2 228  10 adc     21 - calibration HI_DOUT of ADC1 atten2
ADC1_HI_DOUT_ATTEN3                         2 238  10 adc     21 - calibration HI_DOUT of ADC1 atten3
ADC2_HI_DOUT_ATTEN0                        10   0  10 adc     29 6 calibration HI_DOUT of ADC2 atten0
ADC2_HI_DOUT_ATTEN1                        10  10  10 adc     29 6 calibration HI_DOUT of ADC2 atten1
ADC2_HI_DOUT_ATTEN2                        10  20  10 adc     29 6 calibration HI_DOUT of ADC2 atten2
ADC2_HI_DOUT_ATTEN3                        10  30  10 adc     29 6 calibration HI_DOUT of ADC2 atten3
ADC1_CH0_ATTEN0_INITCODE_DIFF              10  40   4 adc     29 6 calibration Gap between ADC1_ch0 and average initcode
ADC1_CH1_ATTEN0_INITCODE_DIFF              10  44   4 adc     29 6 calibration Gap between ADC1_ch1 and average initcode
ADC1_CH2_ATTEN0_INITCODE_DIFF              10  48   4 adc     29 6 calibration Gap between ADC1_ch2 and average initcode
ADC1_CH3_ATTEN0_INITCODE_DIFF              10  52   4 adc     29 6 calibration Gap between ADC1_ch3 and average initcode
ADC1_CH4_ATTEN0_INITCODE_DIFF              10  56   4 adc     29 6 calibration Gap between ADC1_ch4 and average initcode
ADC1_CH5_ATTEN0_INITCODE_DIFF              10  60   4 adc     29 6 calibration Gap between ADC1_ch5 and average initcode
ADC1_CH6_ATTEN0_INITCODE_DIFF              10  64   4 adc     29 6 calibration Gap between ADC1_ch6 and average initcode
ADC1_CH7_ATTEN0_INITCODE_DIFF              10  68   4 adc     29 6 calibration Gap between ADC1_ch7 and average initcode
ADC2_CH0_ATTEN0_INITCODE_DIFF              10  72   4 adc     29 6 calibration Gap between ADC2_ch0 and average initcode
ADC2_CH1_ATTEN0_INITCODE_DIFF              10  76   4 adc     29 6 calibration Gap between ADC2_ch1 and average initcode
ADC2_CH2_ATTEN0_INITCODE_DIFF              10  80   4 adc     29 6 calibration Gap between ADC2_ch2 and average initcode
ADC2_CH3_ATTEN0_INITCODE_DIFF              10  84   4 adc     29 6 calibration Gap between ADC2_ch3 and average initcode
ADC2_CH4_ATTEN0_INITCODE_DIFF              10  88   4 adc     29 6 calibration Gap between ADC2_ch4 and average initcode
ADC2_CH5_ATTEN0_INITCODE_DIFF              10  92   4 adc     29 6 calibration Gap between ADC2_ch5 and average initcode
TEMPERATURE_SENSOR                         10  96  10 number  29 6 calibration Temperature calibration data
`);
