// RFC 7519 as Cloud IoT Core uses it ("Using JSON Web Tokens"), and docs/protocol.md, "The nonce in the token".

/**
 * The claims that count, under their registered names (RFC 7519, 4.1). A token is fresh either by the device's clock or
 * by a nonce of the server; one that has a nonce has no times for us, whatever it says of them.
 */
export type JwtClaims = ClockClaims | NonceClaims;

/** Times in whole seconds since 1970. */
export interface ClockClaims {
  /** The project id. A list is not allowed. */
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly nonce?: undefined;
}

export interface NonceClaims {
  readonly aud: string;
  /** A challenge or ticket as the server sent it. The name is that of OpenID Connect Core 1.0, section 2. */
  readonly nonce: string;
}
