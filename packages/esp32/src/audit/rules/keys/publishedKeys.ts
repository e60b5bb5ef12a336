// Keys that are in public repositories, by what an eFuse block holds of them. Found in every file of the repository that is a key in
// PEM, with keyDigest, or 32 or 64 bytes long and named as one.

/** What a table of keys says: by repository on GitHub, the bytes in hexadecimal and the file. */
type PublishedKeys = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Digests of public keys whose private keys are published, as burn-key-digest burns them. */
const PUBLISHED_DIGESTS: PublishedKeys = {
  'espressif/esp-idf': {
    '1607b947035da66e7a529e5c9423e906e4aa32bda369c4cf912e7af446aaaac6':
      'components/esp_hal_security/test_apps/crypto/main/ecdsa/ecdsa192_priv_key.pem',
    c8a1ec46fa1326b1a05748b08b91edb5d8dc05f9a1397cd84bac9807da1f971e:
      'components/esp_hal_security/test_apps/crypto/main/ecdsa/ecdsa256_priv_key.pem',
    '5192d66dc5e5e4db69b195e85e6cf203e2e0f0e26811f760fe3e0858ab869a66':
      'components/esp_hal_security/test_apps/crypto/main/ecdsa/ecdsa384_priv_key.pem',
    e92bc4606162ade5e6da7053412d3eb47b69948cc0d1bc84e65d5c74a10b297b:
      'components/esp_hal_security/test_apps/crypto/main/key_manager/ecdsa_192_key.pem',
    '8714fe037a9eb45a2c979e2a92d68f32317abbf5b59f654745ed923d9b3ac48b':
      'components/esp_hal_security/test_apps/crypto/main/key_manager/ecdsa_256_key.pem',
    '4d94774e479925c5560d0366d4247ce60e419bc462797cdeb6ae4291b33ff767':
      'components/esp_hal_security/test_apps/crypto/main/key_manager/ecdsa_384_key.pem',
    e25fec03061abb4a33cffe74b26ee82ed3f8891fc177b5a3b1d2cce2714fb07f:
      'components/esp_tee/test_apps/tee_cli_app/test_certs/server_key.pem',
    cdbefc1580ea2ecffd4aed5f637199eb21523a218bc955b67a97e8c46911c6b2:
      'components/esp_tee/test_apps/tee_cli_app/test_keys/secure_boot_signing_key_ecdsa_p256.pem',
    '639cb084f954eca0cf4805f36baa5b125305be02070af9293ccc93204c95e4d9':
      'components/esp_tee/test_apps/tee_cli_app/test_keys/secure_boot_signing_key_rsa_3072.pem',
    f01878946faa81891d0c68dd7a1a1d45bca22c42462fb8729525c39cd6a432d0:
      'examples/security/key_manager/test/ecdsa_private_key.pem',
    '1695c43266fe66886573ce8f3a462fdc2b5bb59fda70d1a038c5c436c36d3ab8':
      'examples/security/key_manager/test/rsa_private_key.pem',
    '9e4e33e7844ccfa21e4be989d3fa32601140ba02a6a51a7be9d3d28b761294e9':
      'examples/security/security_features_app/test/test_secure_boot_signing_key.pem',
    e3a2687e2411fe08b580ed53a7fad5a71e94371bf13a3d0b921a3e7e6827ee7d:
      'examples/system/efuse/test/secure_boot_signing_key.pem',
    be97c755315d9f2529b7fd54da295225ce2aeb5e15c98eb3c6302063ca18b9a7:
      'examples/system/efuse/test/secure_boot_signing_key_ecdsa.pem',
    '32af9648b38280d4274619214c394244ab0d2151c9e4a277efaee8cc281babff':
      'examples/system/efuse/test/secure_boot_signing_key_ecdsa_nistp256.pem',
    d884217a175eaad73c064774e86657473fbbbdaec28d19f726371eea05b0cd05:
      'examples/system/efuse/test/secure_boot_signing_key_ecdsa_nistp384.pem',
    '6c6358edb0812fff6650ec78fd96edd426ff75d96c15aa3784c550773d27c78d':
      'tools/test_apps/security/secure_boot/test/secure_boot_signing_key0.pem',
    '584f38863f41cd59c0bc1df3e53249e17e9a6352723a05befd4c78abd32cb350':
      'tools/test_apps/security/secure_boot/test/secure_boot_signing_key1.pem',
    '466a23779cf2b0c426fe28d4c810489a0a342ea1cf8cbf0c5235292697094b73':
      'tools/test_apps/security/secure_boot/test/secure_boot_signing_key2.pem',
    '69feae257152def68ed51608d49b22695f615494dec4d01ec4d76a8f0d9f5b22':
      'tools/test_apps/security/secure_boot/test_ecdsa_key.pem',
    '35795511e7ca80b8b2353596a7ca214c7aa35283cc61fcc387d16c1a9daaff89':
      'tools/test_apps/security/secure_boot/test_rsa_3072_key.pem',
    b055902378fe22dcf4a7c73919056baf54c87062df9c9c64d938bbc352deaf24:
      'tools/test_apps/security/signed_app_no_secure_boot/secure_boot_signing_key.pem',
  },
  'espressif/esptool': {
    e476ef6978c67a5d97a644fe936b1f7b4ab34aa4443eb0849d31370b98612a48: 'test/ecdsa_secure_boot_signing_key2.pem',
    '1060f30bc482db11c470db5734f1f91b792c21ff1f0a3234544156d4f98d3311':
      'test/secure_images/ecdsa192_secure_boot_signing_key.pem',
    c3149c0f462fe8fa91498ff80b852767c83f042bbc6517a6f481bee56b1d3aaa:
      'test/secure_images/ecdsa192_secure_boot_signing_key2.pem',
    '5773808927b0438062ceb8c8a4c8dbf6c58499650c29818824e0cd688272c700':
      'test/secure_images/ecdsa192_secure_boot_signing_key3.pem',
    ab2bf271abc631cd422a55712b82d9a61ab4fa62ec228b17a0279e9d6487374e:
      'test/secure_images/ecdsa192_secure_boot_signing_key4.pem',
    '1e3d151696ca7f22a6e88bd527a03b3b5b9516162a4f32801af78c4a20f75fe9':
      'test/secure_images/ecdsa192_secure_boot_signing_key_v2.pem',
    f35cc5dbdde67f94a7bbcb5723371ba91822193582308f84cb95b4531219056d:
      'test/secure_images/ecdsa256_secure_boot_signing_key.pem',
    '716eea788455201eee3f0718945e3aac27b42fe338f51b1403cd8e77962b9386':
      'test/secure_images/ecdsa256_secure_boot_signing_key2.pem',
    dbee11b9af32c3bc6f0b01a7a7f5fc1353e9679597355e21ca4db55d2cb6318f:
      'test/secure_images/ecdsa256_secure_boot_signing_key3.pem',
    df8fec4ca76ae7400defc93d88261dcba8b9f9fa187749532f91c65d866d030b:
      'test/secure_images/ecdsa256_secure_boot_signing_key4.pem',
    bf0f6af68bd36d8b53b3daa933f60a04901b65877e35ea57da735e99b271a744:
      'test/secure_images/ecdsa256_secure_boot_signing_key_v2.pem',
    fc9c01f2e8bc394d199b74b1cdf5060c10acc6cc385905877c5571c53009bc98:
      'test/secure_images/ecdsa384_secure_boot_signing_key.pem',
    '33359a939871a30dd4c6dd6ae6e2bbad40781f650b9408b0072c7f7e028f1288':
      'test/secure_images/ecdsa384_secure_boot_signing_key2.pem',
    '9b9f5f79c74ff97ceadc917dc8caa3261ddcd0e2788c08efc0936ca20ce516df':
      'test/secure_images/ecdsa384_secure_boot_signing_key3.pem',
    fb4eca5a429af7020fdb8f5006e6b6a9a630d26f087d6e1aff31e1eba6d8c73d:
      'test/secure_images/ecdsa384_secure_boot_signing_key4.pem',
    cb2791a371b0c0322bf7370478ba0962224cab1cf2287879e429673e7da84463:
      'test/secure_images/rsa_secure_boot_signing_key.pem',
    '901a7409238d52d4cbf96f563fb3f4296dabd66a33f53b15eecd8cb3e7ec45d3':
      'test/secure_images/rsa_secure_boot_signing_key2.pem',
    '27919392d68bab79286a26759143a5b1d599efcebd754e5703b5dd23b5e3dd3b':
      'test/secure_images/rsa_secure_boot_signing_key3.pem',
    '736a94d37cc7f85d393d2fe0f0040f23fd13481f89d17234f2d735005fd199d9':
      'test/secure_images/rsa_secure_boot_signing_key4.pem',
  },
  'espressif/idf-extra-components': {
    c47523f04e0456c925a0f57ffe96570332e3a949d92ddb8ec55842ca1134c819:
      'esp_encrypted_img/examples/pre_encrypted_ota/ecc_key/public.pem',
    '3241f5727ab6fd55d4cd9eb8168a7fb4d8588082dda3fac2ec95327377ceb5e8':
      'esp_encrypted_img/examples/pre_encrypted_ota/rsa_key/private.pem',
    b44f90e62f4766fd6ebe4ba783135ac105c6496f50a6e33cc1e0ed0f98345126:
      'esp_encrypted_img/test_apps/main/certs/test_rsa_private_key.pem',
  },
};

/** Secret keys as in the key file, 64 bytes as two blocks. The hardware wants some of them reversed. */
const PUBLISHED_SECRETS: PublishedKeys = {
  'espressif/esp-idf': {
    '285e245c935714753b2d80314d6fe2554e2ccdd5ecfa1c93ace85790939f4bf9':
      'components/esp_hal_security/test_apps/crypto/main/ds/keys/3072/ds_key1.bin',
    ee94a430b63df24f0045a8ca22ffc8adb80ce7381fbc50dedea12a1eed9f3862:
      'components/esp_hal_security/test_apps/crypto/main/ds/keys/3072/ds_key2.bin',
    '5fcead4815fadcb0ccb843d53173aa7feb4a87247409614087b2f712a521bd82':
      'components/esp_hal_security/test_apps/crypto/main/ds/keys/3072/ds_key3.bin',
    e019fc51b3a63f31ca43b517e97be28785419c426052d88e45c37c3b82e0e280:
      'components/esp_hal_security/test_apps/crypto/main/ds/keys/4096/ds_key1.bin',
    '3d71d5c7e015e63066e8ee5d141ee1a103d97d4816debcbaaaf43ed5b2bc46bc':
      'components/esp_hal_security/test_apps/crypto/main/ds/keys/4096/ds_key2.bin',
    a7840057d9090bab02fe761421c9410f8de994b770c6f9ecd4d9d4ee00cede58:
      'components/esp_hal_security/test_apps/crypto/main/ds/keys/4096/ds_key3.bin',
    ee8995da3c8a4383a94b255b047ef157b8e806458776ee1b4e2e55a71f25e194:
      'components/esp_hal_security/test_apps/crypto/main/key_manager/init_key.bin',
    '2c92b7f54210f162f7ad823ae40313e7170f7073f178d9cb63b948cd4bb07b06':
      'components/esp_hal_security/test_apps/crypto/main/key_manager/k1.bin',
    '35e46d5e695a2333f83091b9eb9617255987f7afcb9ad8c9ba7d9c2227478003':
      'components/esp_hal_security/test_apps/crypto/main/key_manager/k1_64.bin',
    '5e111aaf8a97b029d6b69bc1a35f576f3e52091e00a1b95dac6a8ccc8655c02c':
      'components/esp_hal_security/test_apps/crypto/main/key_manager/k1_64.bin',
    '1821d956312c4a88387e66c82ab544f65fe02ab7422bc928378e16a75828d40f':
      'components/esp_hal_security/test_apps/crypto/main/key_manager/k2.bin',
    ff792fe341e2959908e766490ed1429f585210e6466e1426f15326366cf1e456:
      'components/esp_hal_security/test_apps/crypto/main/key_manager/rand_num.bin',
    '4153ed7039f19d8174b31f3cbbdc0500d43bfdfe95f5155a47bca3b7faca92aa':
      'components/esp_tee/test_apps/tee_test_fw/test_keys/tee_sec_stg_hmac_key.bin',
    '8fbe42ff9bc494083c1213017c53bedf707433ae4e6b947363860b64f88110e0':
      'examples/protocols/esp_http_client_mutual_auth/main/certs/esp_secure_cert_data/hmac_key.bin',
    '18c32f636a0ecc2d0308a60d27abb6bdae2546b400537382dbf08b4b17dbc9c6':
      'examples/security/security_features_app/test/test_hmac_key.bin',
  },
  'espressif/esptool': {
    e63e5c272ae7e59bc31838258ede071e712bdd3812c0c24c6d2abb4587a299df: 'test/secure_images/256bit_key.bin',
    '9c5cb43369e91ba92781e6108afd750b97a316a71ac6149da908bb9c51da586e': 'test/secure_images/512bit_key.bin',
    fc4af1db563aee072dd68b968b40f8ed48e0146650efbdd93f8e73dfc423e19b: 'test/secure_images/512bit_key.bin',
    f83292e4503c8d2439fc18e0ffab22b5a448c5d49901b95608e8eca285d18f61: 'test/secure_images/ef-flashencryption-key.bin',
  },
  'espressif/idf-extra-components': {
    ff1004d6c5421ec8123195dcafe4aeb6266c458051e42039e9a430ebeb3ad1fb:
      'esp_encrypted_img/examples/pre_encrypted_ota/ecc_key/device_hmac_key.bin',
  },
};

/**
 * Where the key with these bytes is published, as they are or reversed.
 *
 * @param hex lower case
 */
export function publishedAs(hex: string, reversedHex: string): string | undefined {
  for (const table of [PUBLISHED_DIGESTS, PUBLISHED_SECRETS]) {
    for (const [repository, keys] of Object.entries(table)) {
      const file = keys[hex] ?? keys[reversedHex];
      if (file !== undefined) return `${repository}, ${file}`;
    }
  }
  return undefined;
}
