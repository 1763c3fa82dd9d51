// The portal's configuration, read once from the environment by main.ts.

export type IssuerConfig =
  | { readonly kind: 'embedded'; readonly password: string }
  | { readonly kind: 'external'; readonly issuer: string; readonly clientId: string; readonly clientSecret: string; readonly scopes: string };

export interface VendorConfig {
  readonly id: string;
  readonly name: string;
}

export interface PortalConfig {
  readonly host: string;
  readonly port: number;
  /** Where browsers reach the portal, without a trailing slash. */
  readonly publicUrl: string;
  readonly vendors: readonly [VendorConfig, ...VendorConfig[]];
  readonly issuer: IssuerConfig;
  /** Signs sessions' helper cookies and bearer tokens. */
  readonly secret: string;
  /** Where the operator's bearer token is written at founding (mode 0600); empty = nowhere. */
  readonly operatorTokenFile: string;
}
