// Where a webhook may lead: never into the network the portal itself stands in. An address is judged when it is configured, and the host's addresses
// again at each call, by the very look-up the connection is made with, so that a name cannot lead elsewhere in between.
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What is not the public Internet (RFC 6890 and its like). */
const INSIDE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  INSIDE.addSubnet(net, prefix, 'ipv4');
/** Of IPv6 only global unicast is outside; of that not what carries an IPv4 address or documents. */
const OUTSIDE_V6 = new BlockList();
OUTSIDE_V6.addSubnet('2000::', 3, 'ipv6');
const INSIDE_V6 = new BlockList();
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  INSIDE_V6.addSubnet(net, prefix, 'ipv6');

/** Whether this address is one of the public Internet. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !INSIDE.check(address, 'ipv4');
    case 6:
      return OUTSIDE_V6.check(address, 'ipv6') && !INSIDE_V6.check(address, 'ipv6');
    default:
      return false;
  }
}

export interface AddressRules {
  /** An installation on one machine may call that machine; one that others reach may not. */
  readonly loopback: boolean;
  /** Hosts of the operator's own network that may be called all the same. */
  readonly hosts: readonly string[];
}

const MAX_URL = 500;

/** Why a webhook may not be sent there, as an expectation in words; undefined when it may. */
export function problemOfUrl(text: string, rules: AddressRules): string | undefined {
  if (text.length > MAX_URL || !URL.canParse(text)) return `an address https://..., at most ${MAX_URL} characters`;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'an address without a password in it';
  if (url.hash !== '') return 'an address without #';
  const host = hostOf(url);
  if (rules.loopback && isLoopbackHost(host) && /^https?:$/.test(url.protocol)) return undefined;
  if (url.protocol !== 'https:') return 'an address that begins with https://';
  if (rules.hosts.includes(host)) return undefined;
  if (isLoopbackHost(host) || (isIP(host) !== 0 && !isPublic(host))) return 'an address on the public Internet';
  return undefined;
}

/** The look-up of a call to this address: it answers with addresses that may be called, or fails. */
export function guardedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '', 0);
      const open = rules.hosts.includes(hostname)
        ? addresses
        : addresses.filter(({ address }) => isPublic(address) || (rules.loopback && isLoopbackHost(address)));
      const first = open[0];
      if (first === undefined) return callback(Object.assign(new Error('not an address on the public Internet'), { code: 'EACCES' }), '', 0);
      return options.all === true ? callback(null, open) : callback(null, first.address, first.family);
    });
  };
}

/** Whether a call to a host that is an address needs no look-up because it may be made. */
export function mayConnect(url: URL, rules: AddressRules): boolean {
  return problemOfUrl(url.href, rules) === undefined;
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
/** Whether a host's name says that it is this machine. */
export const isLoopbackHost = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
