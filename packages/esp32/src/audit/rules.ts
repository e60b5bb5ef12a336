import type { Rule } from './rule.ts';
import { cacheDisableUnprotected } from './rules/flashEncryption/cacheDisableUnprotected.ts';
import { cryptConfig } from './rules/flashEncryption/cryptConfig.ts';
import { feDev } from './rules/flashEncryption/feDev.ts';
import { feKeyMissing } from './rules/flashEncryption/feKeyMissing.ts';
import { feKeyNotWp } from './rules/flashEncryption/feKeyNotWp.ts';
import { feKeyReadable } from './rules/flashEncryption/feKeyReadable.ts';
import { feNever } from './rules/flashEncryption/feNever.ts';
import { feOff } from './rules/flashEncryption/feOff.ts';
import { fePreloadedKey } from './rules/flashEncryption/fePreloadedKey.ts';
import { feRelaxed } from './rules/flashEncryption/feRelaxed.ts';
import { pseudoRoundsOff } from './rules/flashEncryption/pseudoRoundsOff.ts';
import { dlCacheOn } from './rules/downloadMode/dlCacheOn.ts';
import { dlDecryptOn } from './rules/downloadMode/dlDecryptOn.ts';
import { dlEncryptOn } from './rules/downloadMode/dlEncryptOn.ts';
import { downloadModeOpen } from './rules/downloadMode/downloadModeOpen.ts';
import { basicOn } from './rules/debug/basicOn.ts';
import { jtagOn } from './rules/debug/jtagOn.ts';
import { softJtagWithoutKey } from './rules/debug/softJtagWithoutKey.ts';
import { directBootOpen } from './rules/secureBoot/directBootOpen.ts';
import { rdDisOpen } from './rules/secureBoot/rdDisOpen.ts';
import { sb1KeyReadable } from './rules/secureBoot/sb1KeyReadable.ts';
import { sbAggressiveRevokeOff } from './rules/secureBoot/sbAggressiveRevokeOff.ts';
import { sbDigestEmpty } from './rules/secureBoot/sbDigestEmpty.ts';
import { sbDigestNotWp } from './rules/secureBoot/sbDigestNotWp.ts';
import { sbDigestReadProtected } from './rules/secureBoot/sbDigestReadProtected.ts';
import { sbOff } from './rules/secureBoot/sbOff.ts';
import { sbSlotsOpen } from './rules/secureBoot/sbSlotsOpen.ts';
import { sbV1OnOldRev } from './rules/secureBoot/sbV1OnOldRev.ts';
import { sbWithoutEffect } from './rules/secureBoot/sbWithoutEffect.ts';
import { cacheDisabled } from './rules/deadEnds/cacheDisabled.ts';
import { flashKeyPlace } from './rules/deadEnds/flashKeyPlace.ts';
import { loaderClosedEarly } from './rules/deadEnds/loaderClosedEarly.ts';
import { lockedOpen } from './rules/deadEnds/lockedOpen.ts';
import { rdDisLockedEarly } from './rules/deadEnds/rdDisLockedEarly.ts';
import { efuseVirtual } from './rules/testMode/efuseVirtual.ts';
import { testMode } from './rules/testMode/testMode.ts';
import { keyInClear } from './rules/flash/keyInClear.ts';
import { keyInErasedNvs } from './rules/flash/keyInErasedNvs.ts';
import { secureCertKeyInClear } from './rules/flash/secureCertKeyInClear.ts';
import { knownTestKey } from './rules/flash/knownTestKey.ts';
import { wifiPasswordInNvs } from './rules/flash/wifiPasswordInNvs.ts';
import { tokenInClear } from './rules/flash/tokenInClear.ts';
import { urlWithCredentials } from './rules/flash/urlWithCredentials.ts';
import { coredumpSecret } from './rules/flash/coredumpSecret.ts';
import { oldImageLeftover } from './rules/flash/oldImageLeftover.ts';
import { nvsPlainWhileFe } from './rules/flash/nvsPlainWhileFe.ts';
import { nvsKeysPlain } from './rules/flash/nvsKeysPlain.ts';
import { nvsUniversalKey } from './rules/flash/nvsUniversalKey.ts';
import { nvsKeyHalvesEqual } from './rules/flash/nvsKeyHalvesEqual.ts';
import { ecbVisible } from './rules/flash/ecbVisible.ts';
import { knownKeyInEfuse } from './rules/keys/knownKeyInEfuse.ts';
import { sharedKey } from './rules/batch/sharedKey.ts';
import { eepromPartition } from './rules/partitions/eepromPartition.ts';
import { nvsFlagged } from './rules/partitions/nvsFlagged.ts';
import { nvsKeysMissing } from './rules/partitions/nvsKeysMissing.ts';
import { partitionFlagMissing } from './rules/partitions/partitionFlagMissing.ts';
import { partitionMd5Missing } from './rules/partitions/partitionMd5Missing.ts';
import { slotWithoutImage } from './rules/partitions/slotWithoutImage.ts';
import { antiRollbackOff } from './rules/rollback/antiRollbackOff.ts';
import { antiRollbackUsedUp } from './rules/rollback/antiRollbackUsedUp.ts';
import { rollbackOff } from './rules/rollback/rollbackOff.ts';
import { singleAppSlot } from './rules/rollback/singleAppSlot.ts';
import { configCoredumpToFlash } from './rules/sdkconfig/configCoredumpToFlash.ts';
import { configDebug } from './rules/sdkconfig/configDebug.ts';
import { configEfuseMismatch } from './rules/sdkconfig/configEfuseMismatch.ts';
import { configFeDev } from './rules/sdkconfig/configFeDev.ts';
import { configFeOff } from './rules/sdkconfig/configFeOff.ts';
import { configInsecureConnection } from './rules/sdkconfig/configInsecureConnection.ts';
import { configInsecureOptions } from './rules/sdkconfig/configInsecureOptions.ts';
import { configNvsPlain } from './rules/sdkconfig/configNvsPlain.ts';
import { configSbOff } from './rules/sdkconfig/configSbOff.ts';
import { cveByIdf } from './rules/vulnerabilities/cveByIdf.ts';
import { cveByRev } from './rules/vulnerabilities/cveByRev.ts';

/** Every rule of the audit, by topic. What is listed here is looked for; the order is that of the documentation. */
export const RULES: readonly Rule[] = [
  feOff,
  feDev,
  feRelaxed,
  feNever,
  feKeyReadable,
  feKeyMissing,
  feKeyNotWp,
  cryptConfig,
  fePreloadedKey,
  cacheDisableUnprotected,
  pseudoRoundsOff,
  dlDecryptOn,
  dlCacheOn,
  dlEncryptOn,
  downloadModeOpen,
  jtagOn,
  softJtagWithoutKey,
  basicOn,
  sbOff,
  sbV1OnOldRev,
  sbWithoutEffect,
  sbDigestReadProtected,
  sbDigestEmpty,
  sbDigestNotWp,
  sbSlotsOpen,
  rdDisOpen,
  sbAggressiveRevokeOff,
  sb1KeyReadable,
  directBootOpen,
  cacheDisabled,
  flashKeyPlace,
  loaderClosedEarly,
  lockedOpen,
  rdDisLockedEarly,
  efuseVirtual,
  testMode,
  keyInClear,
  keyInErasedNvs,
  secureCertKeyInClear,
  knownTestKey,
  wifiPasswordInNvs,
  tokenInClear,
  urlWithCredentials,
  coredumpSecret,
  oldImageLeftover,
  nvsPlainWhileFe,
  nvsKeysPlain,
  nvsUniversalKey,
  nvsKeyHalvesEqual,
  ecbVisible,
  knownKeyInEfuse,
  sharedKey,
  eepromPartition,
  nvsFlagged,
  nvsKeysMissing,
  partitionFlagMissing,
  partitionMd5Missing,
  slotWithoutImage,
  antiRollbackOff,
  antiRollbackUsedUp,
  rollbackOff,
  singleAppSlot,
  configCoredumpToFlash,
  configDebug,
  configEfuseMismatch,
  configFeDev,
  configFeOff,
  configInsecureConnection,
  configInsecureOptions,
  configNvsPlain,
  configSbOff,
  cveByIdf,
  cveByRev,
];
