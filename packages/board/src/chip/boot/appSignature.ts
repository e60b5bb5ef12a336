// verify_secure_boot_signature of ESP-IDF: what the bootloader asks of an image under secure boot.
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { parseRawPublicKey, verifyImageV1 } from '@mkiot/esp32/secureBoot/secureBootV1';
import { verificationKeyBytes } from './bootloaderOptions.ts';
import { efuseNumber } from './efuseFields.ts';
import { type ImageInFlash, isHashRight } from './imageInFlash.ts';
import { isTrusted, signatureVerdicts } from './signedBytes.ts';
import type { Stage } from './stage.ts';
import { secureBootV2Field, trustedDigests } from './trustedDigests.ts';

const V1_FOOTER_BYTES = 68;

/** Whether the image is signed by a key that the bootloader or the eFuses trust; tells the console. */
export async function isSignatureGood(stage: Stage, image: ImageInFlash): Promise<boolean> {
  const { console, options } = stage;
  console.log('I', 'esp_image', 'Verifying image signature...');
  const isGood = options.secureBoot === 'v1' ? await isGoodV1(stage, image) : await isGoodV2(stage, image);
  if (isGood) return true;
  console.log('E', 'esp_image', 'Secure boot signature verification failed');
  if (!image.header.hashAppended) return false;
  console.log('I', 'esp_image', 'Calculating simple hash to check for corruption...');
  const isWhole = await isHashRight(stage, image);
  console.log('W', 'esp_image', isWhole ? 'image valid, signature bad' : 'image corrupted on flash');
  return false;
}

async function isGoodV1({ cache, options }: Stage, { address, length }: ImageInFlash): Promise<boolean> {
  try {
    const key = parseRawPublicKey(verificationKeyBytes(options));
    await verifyImageV1(cache.read(address, length + V1_FOOTER_BYTES), key);
    return true;
  } catch (error) {
    if (error instanceof MkiotError) return false;
    throw error;
  }
}

async function isGoodV2({ cache, console, hardware }: Stage, { address, length }: ImageInFlash): Promise<boolean> {
  const dump = hardware.efuse.readable();
  const slots = trustedDigests(dump);
  const isEnabled = efuseNumber(dump, secureBootV2Field(dump)) === 1;
  const verdicts = await signatureVerdicts(cache, address, length);
  console.log('I', 'secure_boot_v2', 'Verifying with RSA-PSS...');
  // Before a first boot has burned a digest there is no key to trust: a whole signature is all that can be asked for.
  const asksNobody = !isEnabled && slots.length === 0;
  const isGood = asksNobody ? verdicts.some(({ problem }) => problem === undefined) : isTrusted(verdicts, slots);
  if (isGood) console.log('I', 'secure_boot_v2', 'Signature verified successfully!');
  return isGood;
}
