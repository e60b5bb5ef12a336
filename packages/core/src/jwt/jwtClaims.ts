// RFC 7519 as Cloud IoT Core uses it ("Using JSON Web Tokens").

/** The three claims that count, under their registered names (RFC 7519, 4.1). Times in whole seconds since 1970. */
export interface JwtClaims {
  /** The project id. A list is not allowed. */
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
}
