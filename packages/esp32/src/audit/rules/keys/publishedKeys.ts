/** Keys that were published with software or in documentation, by what an eFuse block holds of them. */
export interface PublishedKey {
  readonly what: string;
  /** The bytes of the block, or of a key file; hexadecimal. */
  readonly hex: string;
}

/** esptool, test/secure_images: the digests of its signing keys (public), as burn-key-digest burns them. */
export const PUBLISHED_DIGESTS: readonly PublishedKey[] = [
  {
    what: 'the RSA test key of esptool (rsa_secure_boot_signing_key.pem)',
    hex: 'cb2791a371b0c0322bf7370478ba0962224cab1cf2287879e429673e7da84463',
  },
  {
    what: 'the ECDSA test key of esptool (ecdsa256_secure_boot_signing_key_v2.pem)',
    hex: 'bf0f6af68bd36d8b53b3daa933f60a04901b65877e35ea57da735e99b271a744',
  },
];

/** Flash keys, as in the key file. The hardware wants them reversed, so they are looked for both ways. */
export const PUBLISHED_FLASH_KEYS: readonly PublishedKey[] = [
  {
    what: 'the test key of esptool (256bit_key.bin)',
    hex: 'e63e5c272ae7e59bc31838258ede071e712bdd3812c0c24c6d2abb4587a299df',
  },
];
