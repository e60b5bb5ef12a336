// Private keys that are in public repositories, by the beginning of the fingerprint of their public key (keyFingerprint.ts). Found
// with findSightings in every file of the repository that has a private key in it.
import type { PublicKey } from '../../keys/keys.ts';
import { keyFingerprint } from './keyFingerprint.ts';

const FINGERPRINT_DIGITS = 32;

/** By repository on GitHub: fingerprint to file. */
const PUBLISHED_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'espressif/esptool': {
    '620c1589aac8ccdbbf14939c5a652589': 'test/ecdsa_secure_boot_signing_key2.pem',
    '53bc390890f526126dbb862c3f4d4963': 'test/secure_images/ecdsa192_secure_boot_signing_key.pem',
    '77ea153ed59c5433bb378ee7850f4438': 'test/secure_images/ecdsa192_secure_boot_signing_key2.pem',
    ef65a3ae7b5e7098c0a15b64e4efdcad: 'test/secure_images/ecdsa192_secure_boot_signing_key3.pem',
    cf24b415ef68f0e77612facbf1055329: 'test/secure_images/ecdsa192_secure_boot_signing_key4.pem',
    ebbe79e335eff04fe19a01dffd6f9883: 'test/secure_images/ecdsa192_secure_boot_signing_key_v2.pem',
    d0a257bf78776be15ac8738d60ab4142: 'test/secure_images/ecdsa256_secure_boot_signing_key.pem',
    cf3fd9399c5d7308d34637df47ed6357: 'test/secure_images/ecdsa256_secure_boot_signing_key2.pem',
    f7cab66a033ab63025a55fbf27be6360: 'test/secure_images/ecdsa256_secure_boot_signing_key3.pem',
    '1d2c03a451a423a48ea7efa83bd4d166': 'test/secure_images/ecdsa256_secure_boot_signing_key4.pem',
    '585bec5a20b8b61bbbf1fc3c037d4c28': 'test/secure_images/ecdsa256_secure_boot_signing_key_v2.pem',
    '727613cc9ce338dfeda1b47574db5a76': 'test/secure_images/ecdsa384_secure_boot_signing_key.pem',
    f7bd98f2ea4fd7bace1443bf71fa4794: 'test/secure_images/ecdsa384_secure_boot_signing_key2.pem',
    '6a865c31ae3c39fb9d1c92af0c618ec9': 'test/secure_images/ecdsa384_secure_boot_signing_key3.pem',
    '32809cc7edcceb1a99730b0f1fcba8da': 'test/secure_images/ecdsa384_secure_boot_signing_key4.pem',
    '7351bd52c3933b5ebf03390cb9855337': 'test/secure_images/rsa_secure_boot_signing_key.pem',
    b70a376b38d5067c6dd4f830f86ee407: 'test/secure_images/rsa_secure_boot_signing_key2.pem',
    '8dd7fd075986857987402e5d4791e4a3': 'test/secure_images/rsa_secure_boot_signing_key3.pem',
    '139579f52201dee4794edc6fed029cfe': 'test/secure_images/rsa_secure_boot_signing_key4.pem',
  },
  'espressif/esp_secure_cert_mgr': {
    '45a2af38a2192bc9befeb6d92d6129d6': 'docs/esp_secure_cert_tools/configure_esp_secure_cert_csv.md',
    '9c2210b3c772e9e2a87d40154c38110c': 'examples/esp_secure_cert_app/client.key',
    '13d1ea11f163a53e0490337072753612': 'examples/esp_secure_cert_ota_example/certs/ca_key.pem',
    '0632bd384b998e6a8f7a20847b843474': 'examples/esp_secure_cert_ota_example/rsa_keys/private.pem',
    f0226ac78fa9aa249b44e792117189ae: 'test_apps/qemu_test/cust_flash/cust_flash.bin',
    '34a63ef04a563e07af3f40d7e97474bf': 'test_apps/qemu_test/cust_flash_tlv/cust_flash_tlv.bin',
    '827eb7be0b42a8e37b3c125fb42cdbdb': 'test_apps/qemu_test/nvs/input_data/priv_key.pem',
    '4dcb3b1617c5654e95f2ca2ea6731ce7': 'test_apps/qemu_test/secure_verification/secure_boot.key',
  },
  'espressif/idf-extra-components': {
    '06b3e50c650be5a84eb8cba15beb9066': 'coap/examples/coap_client/main/certs/coap_client.key',
    '07ad0bee7926ddc030ebbc7d668d19c2': 'coap/examples/coap_server/main/certs/coap_server.key',
    f9f2ad7ce0ecfd2f048be25fee6b734a: 'esp_delta_ota/examples/https_delta_ota/main/tests/certs/prvtkey.pem',
    '852583c63449146151e8c6eec3aa0341': 'esp_encrypted_img/examples/pre_encrypted_ota/main/tests/certs/prvtkey.pem',
    '4093113305a8643fa20610cf7bd50360': 'esp_encrypted_img/examples/pre_encrypted_ota/rsa_key/private.pem',
    '5d3340b3fb0900b8c2e23d77e3950b42': 'esp_encrypted_img/test_apps/main/certs/test_rsa_private_key.pem',
  },
  'espressif/esp-idf': {
    ca870ae6a4d7121318f497bdaab77e88: 'components/esp-tls/test_apps/main/test_esp_tls.c',
    '3dfea388aa56d61d3dff6b0e56a56bb9': 'components/esp_hal_security/test_apps/crypto/main/ecdsa/ecdsa192_priv_key.pem',
    '6a86a190591934b6225d76c7f55190c3': 'components/esp_hal_security/test_apps/crypto/main/ecdsa/ecdsa256_priv_key.pem',
    ed7f24ca00aabfdcef671f631c9a4d60: 'components/esp_hal_security/test_apps/crypto/main/ecdsa/ecdsa384_priv_key.pem',
    cad60fa370cb44df72cdaa203f12f699: 'components/esp_hal_security/test_apps/crypto/main/key_manager/ecdsa_192_key.pem',
    e3ee68c26ebeae32394a7711c36c890a: 'components/esp_hal_security/test_apps/crypto/main/key_manager/ecdsa_256_key.pem',
    '35cbc6c6bca3638cfdbcda2628f124a4':
      'components/esp_hal_security/test_apps/crypto/main/key_manager/ecdsa_384_key.pem',
    d7213d46fdd15e1e4ec27fb4d7bbac90: 'components/esp_tee/test_apps/tee_cli_app/test_certs/server_key.pem',
    e64c8b9262d48c2b4476e421c90bdca1:
      'components/esp_tee/test_apps/tee_cli_app/test_keys/secure_boot_signing_key_ecdsa_p256.pem',
    '85052cf60eae05041b9fa925b7bd3264':
      'components/esp_tee/test_apps/tee_cli_app/test_keys/secure_boot_signing_key_rsa_3072.pem',
    '70964ab05dbf4dbcb5bb80ad65286fbf': 'components/mbedtls/test_apps/mbedtls_ut/main/crts/prvtkey.pem',
    ee2cf114f45b8e837c499d0d57287212: 'components/mbedtls/test_apps/mbedtls_ut/main/test_psa_rsa.c',
    '0ac3d061a21ce574e5f6468ac2610c52': 'components/wpa_supplicant/test_apps/main/test_crypto.c',
    '6eddf3324ca04645519f479a0383f451': 'examples/protocols/esp_http_client_mutual_auth/main/certs/ca_key.pem',
    '7eb5e83453779941bb735ae1eb2cfeee': 'examples/protocols/esp_http_client_mutual_auth/main/certs/client_key.pem',
    b44f8042a78495b95728da05a8f3e825: 'examples/protocols/esp_http_client_mutual_auth/main/certs/server_key.pem',
    f0d5ef9fcfa9b6f07e1358e8bbdc7a3d: 'examples/protocols/esp_local_ctrl/main/certs/prvtkey.pem',
    '2a33607c8116a7a9f23366c9c5e29068': 'examples/protocols/https_request/main/local_server_key.pem',
    '23f200f31e06a477ed86ea6c11060375': 'examples/protocols/https_server/simple/main/certs/client_key.pem',
    '4672100f2a15e61670ed7e0595bfbb7e': 'examples/protocols/https_server/simple/main/certs/prvtkey.pem',
    '8d4bdb071581085951803bd570099820': 'examples/security/key_manager/test/ecdsa_private_key.pem',
    '676b94cb61e0b5cecdd105ab10df57f4': 'examples/security/key_manager/test/rsa_private_key.pem',
    '1806abfaa9f67fd3d51902ef7f654d6f': 'examples/security/security_features_app/test/test_secure_boot_signing_key.pem',
    b89c348086aa1a0609ae4c5063af4322: 'examples/system/efuse/test/secure_boot_signing_key.pem',
    '9f1384dfe89d9d7d5949984f39210e60': 'examples/system/efuse/test/secure_boot_signing_key_ecdsa.pem',
    '2d2d87d0ff5302ce4334d153bd577605': 'examples/system/efuse/test/secure_boot_signing_key_ecdsa_nistp256.pem',
    dc96e1a816d85fd0c7feac2a8ff81fab: 'examples/system/efuse/test/secure_boot_signing_key_ecdsa_nistp384.pem',
    '3d8d3d3d769b17ee07731e305978e5e7': 'examples/wifi/wifi_eap_fast/main/server.key',
    '9952d780de97891fe010bcafad55cfd8': 'examples/wifi/wifi_enterprise/main/client.key',
    '4a96958fc647172a5ed0f88a85f69919': 'examples/wifi/wifi_enterprise/main/server.key',
    '2611eac89e18f4f3b611b522ce47ba06': 'tools/test_apps/security/secure_boot/test/secure_boot_signing_key0.pem',
    '27c5aa1921e98abe5195cd99312e2a96': 'tools/test_apps/security/secure_boot/test/secure_boot_signing_key1.pem',
    '1ee20cc184d866b9d7f5f16000d1a43c': 'tools/test_apps/security/secure_boot/test/secure_boot_signing_key2.pem',
    '83bf4c68fe9af5f4383001915db6a3c8': 'tools/test_apps/security/secure_boot/test_ecdsa_key.pem',
    '8da9489851bfa0c02fb142c652ad81ad': 'tools/test_apps/security/secure_boot/test_rsa_3072_key.pem',
    '4c49d4d928d1866558396018779a0061':
      'tools/test_apps/security/signed_app_no_secure_boot/secure_boot_signing_key.pem',
  },
};

/** Where the private half of `key` was published: "esptool, test/…/key.pem of espressif". Undefined for any other key. */
export function whereKeyIsPublished(key: PublicKey): string | undefined {
  const fingerprint = keyFingerprint(key).slice(0, FINGERPRINT_DIGITS);
  for (const [repository, keys] of Object.entries(PUBLISHED_KEYS)) {
    const file = keys[fingerprint];
    if (file !== undefined) return `${file} in ${repository}`;
  }
  return undefined;
}
