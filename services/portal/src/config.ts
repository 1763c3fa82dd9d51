// The portal's own configuration, beside what every service reads. Read from the environment once, by main.ts; every mistake is named.

import { type AddressRules, isLoopbackHost } from './webhooks/address.ts';

export type IssuerConfig =
  /** Accounts kept here, with one demo sign-in per role under this password. */
  | { readonly kind: 'embedded'; readonly demoPassword: string }
  | { readonly kind: 'external'; readonly issuer: string; readonly clientId: string; readonly clientSecret: string; readonly operatorSubject: string };

export interface VendorConfig {
  readonly id: string;
  readonly name: string;
}

export interface PortalConfig {
  readonly host: string;
  readonly port: number;
  /** Where browsers reach the portal, without a trailing slash. */
  readonly publicUrl: string;
  /** Founded at start; the first is the one whose webhooks need not name it. */
  readonly vendors: readonly [VendorConfig, ...VendorConfig[]];
  readonly issuer: IssuerConfig;
  /** The portal's private key (JWK text): signs bearer tokens; the secrets of cookies derive from it. */
  readonly identityKey: string;
  /** Where the first vendor's operations token is written at start, mode 0600; empty = nowhere. */
  readonly operatorTokenFile: string;
  /** Where webhooks may be sent. */
  readonly webhookRules: AddressRules;
  /** The built web app. */
  readonly webDirectory: string;
}

/** By which issuer persons are known here: the embedded one keeps its name when its address changes. */
export function identityIssuer({ issuer }: Pick<PortalConfig, 'issuer'>): string {
  return issuer.kind === 'embedded' ? 'embedded' : issuer.issuer;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORT = 8080;
const DEFAULT_VENDORS = '[{"id":"vendor-1","name":"Deskfleet"}]';

/** Throws an Error that names each variable that cannot be used. */
export function readPortalConfig(env: Environment, identityKey: string, webDirectory: string): PortalConfig {
  const problems: string[] = [];
  const text = (name: string, otherwise: string): string => env[name]?.trim() || otherwise;

  const port = Number(text('DESKFLEET_PORTAL_PORT', `${DEFAULT_PORT}`));
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push(`DESKFLEET_PORTAL_PORT: found '${env['DESKFLEET_PORTAL_PORT']}', expected 0 to 65535`);
  const publicUrl = text('DESKFLEET_PUBLIC_URL', `http://127.0.0.1:${port}`).replace(/\/+$/, '');
  if (!URL.canParse(publicUrl)) problems.push(`DESKFLEET_PUBLIC_URL: found '${publicUrl}', expected http(s)://host[:port]`);
  const vendors = readVendors(text('DESKFLEET_VENDORS', DEFAULT_VENDORS));
  if (vendors === undefined) problems.push('DESKFLEET_VENDORS: expected a JSON list of {"id","name"}, ids of a-z, 0-9 and -');
  const issuer = readIssuer(text, problems);
  if (problems.length > 0 || vendors === undefined) throw new Error(`the portal cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);

  return {
    host: text('DESKFLEET_PORTAL_HOST', '127.0.0.1'),
    port,
    publicUrl,
    vendors,
    issuer,
    identityKey,
    operatorTokenFile: text('DESKFLEET_OPERATOR_TOKEN_FILE', ''),
    webhookRules: {
      loopback: isLoopbackHost(new URL(publicUrl).hostname),
      hosts: text('DESKFLEET_WEBHOOK_HOSTS', '')
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ''),
    },
    webDirectory: text('DESKFLEET_WEB_DIR', webDirectory),
  };
}

function readIssuer(text: (name: string, otherwise: string) => string, problems: string[]): IssuerConfig {
  const issuer = text('DESKFLEET_OIDC_ISSUER', '');
  if (issuer === '') return { kind: 'embedded', demoPassword: text('DESKFLEET_DEMO_PASSWORD', 'deskfleet') };
  const clientId = text('DESKFLEET_OIDC_CLIENT_ID', '');
  if (clientId === '') problems.push('DESKFLEET_OIDC_CLIENT_ID: missing, expected with DESKFLEET_OIDC_ISSUER');
  const operatorSubject = text('DESKFLEET_OPERATOR_SUBJECT', '');
  if (operatorSubject === '') problems.push("DESKFLEET_OPERATOR_SUBJECT: missing, expected the issuer's subject of the first operations manager");
  return { kind: 'external', issuer, clientId, clientSecret: text('DESKFLEET_OIDC_CLIENT_SECRET', ''), operatorSubject };
}

function readVendors(json: string): PortalConfig['vendors'] | undefined {
  let listed: unknown;
  try {
    listed = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(listed)) return undefined;
  const vendors = listed.flatMap((item: unknown): VendorConfig[] => {
    if (typeof item !== 'object' || item === null || !('id' in item) || !('name' in item)) return [];
    const { id, name } = item;
    return typeof id === 'string' && /^[a-z0-9-]{1,64}$/.test(id) && typeof name === 'string' && name !== '' ? [{ id, name }] : [];
  });
  const [first, ...others] = vendors;
  return first === undefined || vendors.length !== listed.length ? undefined : [first, ...others];
}
