import { efuseFieldTable } from '../efuseFieldTable.ts';
import type { EfuseField } from '../chip.ts';

// Fields and descriptions: ESP-IDF, components/efuse/esp32c5 (Apache-2.0, Espressif Systems).
// Columns: name/other names, block, first bit, bits, kind, WR_DIS bit, RD_DIS bit, category, description {value: meaning}.

export const ESP32C5_FIELDS: readonly EfuseField[] = efuseFieldTable(`
WR_DIS                                      0   0  32 number   - - config      Disable programming of individual eFuses
RD_DIS                                      0  32   7 number   0 - config      Disable reading from BlOCK4-10
BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION_HI  0  39   1 flag     - - security    Represents the anti-rollback secure version of the 2nd stage bootloader used by the ROM bootloader (the high part of the field)
DIS_ICACHE                                  0  40   1 flag     2 - config      Represents whether cache is disabled. 1: Disabled 0: Enabled
DIS_USB_JTAG                                0  41   1 flag     2 - usb         Represents whether the USB-to-JTAG function in USB Serial/JTAG is disabled. Note that EFUSE_DIS_USB_JTAG is available only when EFUSE_DIS_USB_SERIAL_JTAG is configured to 0. 1: Disabled 0: Enabled
BOOTLOADER_ANTI_ROLLBACK_EN                 0  42   1 flag     - - config      Represents whether the anti-rollback check for the 2nd stage bootloader is enabled. 1: Enabled 0: Disabled
DIS_FORCE_DOWNLOAD                          0  44   1 flag     2 - security    Represents whether the function that forces chip into Download mode is disabled. 1: Disabled 0: Enabled
SPI_DOWNLOAD_MSPI_DIS                       0  45   1 flag     2 - security    Represents whether SPI0 controller during boot_mode_download is disabled. 0: Enabled 1: Disabled
DIS_TWAI                                    0  46   1 flag     2 - config      Represents whether TWAI function is disabled. 1: Disabled 0: Enabled
JTAG_SEL_ENABLE                             0  47   1 flag     2 - jtag        Represents whether the selection of a JTAG signal source through the strapping pin value is enabled when all of EFUSE_DIS_PAD_JTAG; EFUSE_DIS_USB_JTAG and EFUSE_DIS_USB_SERIAL_JTAG are configured to 0. 1: Enabled 0: Disabled
SOFT_DIS_JTAG                               0  48   3 number  31 - jtag        Represents whether PAD JTAG is disabled in the soft way. It can be restarted via HMAC. Odd count of bits with a value of 1: Disabled; Even count of bits with a value of 1: Enabled
DIS_PAD_JTAG                                0  51   1 flag     2 - jtag        Represents whether PAD JTAG is disabled in the hard way (permanently). 1: Disabled 0: Enabled
DIS_DOWNLOAD_MANUAL_ENCRYPT                 0  52   1 flag     2 - security    Represents whether flash encryption is disabled (except in SPI boot mode). 1: Disabled 0: Enabled
USB_EXCHG_PINS                              0  57   1 flag    30 - usb         Represents whether the D+ and D- pins is exchanged. 1: Exchanged 0: Not exchanged
VDD_SPI_AS_GPIO                             0  58   1 flag    30 - vdd         Represents whether VDD SPI pin is functioned as GPIO. 1: Functioned 0: Not functioned
WDT_DELAY_SEL                               0  59   2 number   3 - wdt         RTC watchdog timeout threshold: the originally configured STG0 threshold times 2; 4; 8; 16
BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION_LO  0  61   3 count    - - security    Represents the anti-rollback secure version of the 2nd stage bootloader used by the ROM bootloader (the low part of the field)
KM_DISABLE_DEPLOY_MODE                      0  64   4 number   1 - config      Represents whether the new key deployment of key manager is disabled. Bit 0: ECDSA; bit 1: XTS-AES; bit 2: HMAC; bit 3: DS
KM_RND_SWITCH_CYCLE                         0  68   2 number   1 - config      Represents the cycle at which the Key Manager switches random numbers. 0: Controlled by the KEYMNG_RND_SWITCH_CYCLE register. 1: 8 Key Manager clock cycles 2: 16 Key Manager clock cycles 3: 32 Key Manager clock cycles
KM_DEPLOY_ONLY_ONCE                         0  70   4 number   1 - config      Represents whether the corresponding key can be deployed only once. Bit 0: ECDSA; bit 1: XTS-AES; bit 2: HMAC; bit 3: DS
FORCE_USE_KEY_MANAGER_KEY                   0  74   4 number   1 - security    Represents whether the corresponding key must come from Key Manager. Bit 0: ECDSA; bit 1: XTS-AES; bit 2: HMAC; bit 3: DS
FORCE_DISABLE_SW_INIT_KEY                   0  78   1 flag     1 - security    Represents whether to disable the use of the initialization key written by software and instead force use efuse_init_key. 0: Enable 1: Disable
BOOTLOADER_ANTI_ROLLBACK_UPDATE_IN_ROM      0  79   1 flag     - - config      Represents whether the anti-rollback SECURE_VERSION will be updated from the ROM bootloader. 1: Enable 0: Disable
SPI_BOOT_CRYPT_CNT                          0  80   3 count    4 - security    Enables flash encryption when 1 or 3 bits are set and disables otherwise {0: Disable; 1: Enable; 3: Disable; 7: Enable}
SECURE_BOOT_KEY_REVOKE0                     0  83   1 flag     5 - security    Revoke 1st secure boot key
SECURE_BOOT_KEY_REVOKE1                     0  84   1 flag     6 - security    Revoke 2nd secure boot key
SECURE_BOOT_KEY_REVOKE2                     0  85   1 flag     7 - security    Revoke 3rd secure boot key
KEY_PURPOSE_0/KEY0_PURPOSE                  0  86   5 purpose  8 - security    Represents the purpose of Key0.
KEY_PURPOSE_1/KEY1_PURPOSE                  0  91   5 purpose  9 - security    Represents the purpose of Key1.
KEY_PURPOSE_2/KEY2_PURPOSE                  0  96   5 purpose 10 - security    Represents the purpose of Key2.
KEY_PURPOSE_3/KEY3_PURPOSE                  0 101   5 purpose 11 - security    Represents the purpose of Key3.
KEY_PURPOSE_4/KEY4_PURPOSE                  0 106   5 purpose 12 - security    Represents the purpose of Key4.
KEY_PURPOSE_5/KEY5_PURPOSE                  0 111   5 purpose 13 - security    Represents the purpose of Key5.
SEC_DPA_LEVEL                               0 116   2 number  14 - security    Represents the security level of anti-DPA attack. The level is adjusted by configuring the clock random frequency division mode. 0: Security level is SEC_DPA_OFF 1: Security level is SEC_DPA_LOW 2: Security level is SEC_DPA_MIDDLE 3: Security level is SEC_DPA_HIGH.
RECOVERY_BOOTLOADER_FLASH_SECTOR_HI         0 118   3 number   - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled. (The high part of the field)
SECURE_BOOT_EN                              0 121   1 flag    15 - security    Represents whether Secure Boot is enabled. 1: Enabled 0: Disabled
SECURE_BOOT_AGGRESSIVE_REVOKE               0 122   1 flag    16 - security    Represents whether aggressive revocation of Secure Boot is enabled. 1: Enabled 0: Disabled
KM_XTS_KEY_LENGTH_256                       0 123   1 flag     1 - security    Represents which key flash encryption uses. 0: XTS-AES-256 key 1: XTS-AES-128 key
FLASH_TPUW                                  0 124   4 number  18 - flash       Represents the flash waiting time after power-up. Measurement unit: ms. When the value is less than 15; the waiting time is the programmed value. Otherwise; the waiting time is a fixed value; i.e. 30 ms
DIS_DOWNLOAD_MODE                           0 128   1 flag    18 - security    Represents whether Download mode is disable or enable. 1. Disable 0: Enable
DIS_DIRECT_BOOT                             0 129   1 flag    18 - config      Represents whether direct boot mode is disabled or enabled. 1. Disable 0: Enable
DIS_USB_SERIAL_JTAG_ROM_PRINT               0 130   1 flag    18 - usb         Represents whether print from USB-Serial-JTAG is disabled or enabled. 1. Disable 0: Enable
LOCK_KM_KEY                                 0 131   1 flag     1 - security    Represents whether the keys in the Key Manager are locked after deployment. 0: Not locked 1: Locked
DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE           0 132   1 flag    18 - usb         Represents whether the USB-Serial-JTAG download function is disabled or enabled. 1: Disable 0: Enable
ENABLE_SECURITY_DOWNLOAD                    0 133   1 flag    18 - security    Represents whether security download is enabled. Only downloading into flash is supported. Reading/writing RAM or registers is not supported (i.e. stub download is not supported). 1: Enabled 0: Disabled
UART_PRINT_CONTROL                          0 134   2 number  18 - config      Set the default UART boot message output mode {0: Enable; 1: Enable when GPIO8 is low at reset; 2: Enable when GPIO8 is high at reset; 3: Disable}
FORCE_SEND_RESUME                           0 136   1 flag    18 - flash       Represents whether ROM code is forced to send a resume command during SPI boot. 1: Forced. 0: Not forced.
SECURE_VERSION                              0 137   9 count   18 - security    Represents the app secure version used by ESP-IDF anti-rollback feature
SECURE_BOOT_DISABLE_FAST_WAKE               0 153   1 flag    18 - security    Represents whether FAST VERIFY ON WAKE is disabled when Secure Boot is enabled. 1: Disabled 0: Enabled
HYS_EN_PAD                                  0 154   1 flag     2 - config      Represents whether the hysteresis function of PAD0 - PAD27 is enabled. 1: Enabled 0: Disabled
XTS_DPA_PSEUDO_LEVEL                        0 155   2 number  14 - security    Represents the pseudo round level of XTS-AES anti-DPA attack. 0: Disabled 1: Low 2: Moderate 3: High
XTS_DPA_CLK_ENABLE                          0 157   1 flag    14 - security    Represents whether XTS-AES anti-DPA attack clock is enabled. 0: Disable 1: Enabled
SECURE_BOOT_SHA384_EN                       0 159   1 flag    14 - security    Represents if the chip supports Secure Boot using SHA-384
HUK_GEN_STATE                               0 160   9 number  19 - config      Represents whether the HUK generate mode is valid. Odd count of bits with a value of 1: Invalid; Even count of bits with a value of 1: Valid
XTAL_48M_SEL                                0 169   3 number  17 - config      Represents whether XTAL frequency is 48MHz or not. If not; 40MHz XTAL will be used. If this field contains Odd number bit 1: Enable 48MHz XTAL; Even number bit 1: Enable 40MHz XTAL
XTAL_48M_SEL_MODE                           0 172   1 flag    17 - config      Represents what determines the XTAL frequency in Joint Download Boot mode. 0: Strapping PAD state 1: EFUSE_XTAL_48M_SEL in eFuse
ECC_FORCE_CONST_TIME                        0 173   1 flag    14 - config      Represents whether to force ECC to use constant-time mode for point multiplication calculation. 0: Not force 1: Force
RECOVERY_BOOTLOADER_FLASH_SECTOR_LO         0 174   9 number   - - flash       Represents the starting flash sector (flash sector size is 0x1000) of the recovery bootloader used by the ROM bootloader If the primary bootloader fails. 0 and 0xFFF - this feature is disabled. (The low part of the field)
MAC/MAC_FACTORY                             1   0  48 mac     20 - MAC         MAC address
MAC_EXT                                     1  48  16 mac     20 - MAC         Represents the extended bits of MAC address
WAFER_VERSION_MINOR                         1  64   4 number  20 - identity    Minor chip version
WAFER_VERSION_MAJOR                         1  68   2 number  20 - identity    Minor chip version
DISABLE_WAFER_VERSION_MAJOR                 1  70   1 flag    20 - identity    Disables check of wafer version major
DISABLE_BLK_VERSION_MAJOR                   1  71   1 flag    20 - identity    Disables check of blk version major
BLK_VERSION_MINOR                           1  72   3 number  20 - identity    BLK_VERSION_MINOR of BLOCK2
BLK_VERSION_MAJOR                           1  75   2 number  20 - identity    BLK_VERSION_MAJOR of BLOCK2
FLASH_CAP                                   1  77   3 number  20 - flash       Flash capacity
FLASH_VENDOR                                1  80   3 number  20 - flash       Flash vendor
PSRAM_CAP                                   1  83   3 number  20 - config      Psram capacity
PSRAM_VENDOR                                1  86   2 number  20 - config      Psram vendor
TEMP                                        1  88   2 number  20 - config      Temp (die embedded inside)
PKG_VERSION                                 1  90   3 number  20 - identity    Package version
PA_TRIM_VERSION                             1  93   3 number  20 - identity    PADC CAL PA trim version
TRIM_N_BIAS                                 1  96   5 number  20 - config      PADC CAL N bias
TRIM_P_BIAS                                 1 101   5 number  20 - config      PADC CAL P bias
REF_CURR_CODE                               1 134   4 number  20 - config      REF PADC Calibration Curr
RES_TUNE_CODE                               1 138   5 number  20 - config      RES PADC Calibration Tune
OPTIONAL_UNIQUE_ID                          2   0 128 key     21 - identity    Optional unique 128-bit ID
CUSTOM_MAC/MAC_CUSTOM/USER_DATA_MAC_CUSTOM  3 200  48 mac     22 - MAC         Custom MAC
BLOCK_USR_DATA/USER_DATA                    3   0 256 bytes   22 - config      User data
BLOCK_KEY0/KEY0                             4   0 256 key     23 0 security    Key0 or user data
BLOCK_KEY1/KEY1                             5   0 256 key     24 1 security    Key1 or user data
BLOCK_KEY2/KEY2                             6   0 256 key     25 2 security    Key2 or user data
BLOCK_KEY3/KEY3                             7   0 256 key     26 3 security    Key3 or user data
BLOCK_KEY4/KEY4                             8   0 256 key     27 4 security    Key4 or user data
BLOCK_KEY5/KEY5                             9   0 256 key     28 5 security    Key5 or user data
BLOCK_SYS_DATA2/SYS_DATA_PART2             10   0 256 bytes   29 6 config      System data part 2 (reserved)
ACTIVE_HP_DBIAS                             1 106   4 adc     20 - calibration Active HP DBIAS of fixed voltage
ACTIVE_LP_DBIAS                             1 110   4 adc     20 - calibration Active LP DBIAS of fixed voltage
LSLP_HP_DBG                                 1 114   2 number  20 - calibration LSLP HP DBG of fixed voltage
LSLP_HP_DBIAS                               1 116   4 adc     20 - calibration LSLP HP DBIAS of fixed voltage
DSLP_LP_DBG                                 1 120   4 number  20 - calibration DSLP LP DBG of fixed voltage
DSLP_LP_DBIAS                               1 124   5 adc     20 - calibration DSLP LP DBIAS of fixed voltage
LP_HP_DBIAS_VOL_GAP                         1 129   5 adc     20 - calibration DBIAS gap between LP and HP
TEMPERATURE_SENSOR                          2 128   9 number  21 - calibration Temperature calibration data
OCODE                                       2 137   8 number  21 - calibration ADC OCode
ADC1_AVE_INITCODE_ATTEN0                    2 145  10 adc     21 - calibration Average initcode of ADC1 atten0
ADC1_AVE_INITCODE_ATTEN1                    2 155  10 adc     21 - calibration Average initcode of ADC1 atten0
ADC1_AVE_INITCODE_ATTEN2                    2 165  10 adc     21 - calibration Average initcode of ADC1 atten0
ADC1_AVE_INITCODE_ATTEN3                    2 175  10 adc     21 - calibration Average initcode of ADC1 atten0
ADC1_HI_DOUT_ATTEN0                         2 185  10 adc     21 - calibration HI DOUT of ADC1 atten0
ADC1_HI_DOUT_ATTEN1                         2 195  10 adc     21 - calibration HI DOUT of ADC1 atten1
ADC1_HI_DOUT_ATTEN2                         2 205  10 adc     21 - calibration HI DOUT of ADC1 atten2
ADC1_HI_DOUT_ATTEN3                         2 215  10 adc     21 - calibration HI DOUT of ADC1 atten3
ADC1_CH0_ATTEN0_INITCODE_DIFF               2 225   4 adc     21 - calibration Gap between ADC1 CH0 and average initcode
ADC1_CH1_ATTEN0_INITCODE_DIFF               2 229   4 adc     21 - calibration Gap between ADC1 CH1 and average initcode
ADC1_CH2_ATTEN0_INITCODE_DIFF               2 233   4 adc     21 - calibration Gap between ADC1 CH2 and average initcode
ADC1_CH3_ATTEN0_INITCODE_DIFF               2 237   4 adc     21 - calibration Gap between ADC1 CH3 and average initcode
ADC1_CH4_ATTEN0_INITCODE_DIFF               2 241   4 adc     21 - calibration Gap between ADC1 CH4 and average initcode
ADC1_CH5_ATTEN0_INITCODE_DIFF               2 245   4 adc     21 - calibration Gap between ADC1 CH5 and average initcode
PVT_DBIAS                                   2 249   5 adc     21 - calibration Average initcode of ADC1 atten0
`);
