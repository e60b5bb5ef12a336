import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

/**
 * What every TLS listener speaks: 1.3, and 1.2 with ECDHE and AEAD only, for old IoT Core samples pin it. The cheapest for
 * both sides come first: a microcontroller has AES in hardware, and X25519 makes a handshake cost less than the other
 * groups. A client that wants to renegotiate, which TLS 1.2 has, is told no: nobody who talks to us needs it, and a handshake
 * costs the server more than the client.
 */
export const TLS_POLICY = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  honorCipherOrder: true,
  ecdhCurve: 'X25519:P-256:P-384',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const satisfies SecureContextOptions;
