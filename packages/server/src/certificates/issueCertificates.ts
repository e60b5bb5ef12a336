// Certificates after RFC 5280, and strict enough for `openssl verify -x509_strict`.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { toHex } from '@mkiot/core/bytes/bytes';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, type webcrypto } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { HostIdentity } from '../runtime/hostIdentity.ts';

/** A certificate with its private key, both as PEM: what node:tls takes. */
export interface CertifiedKey {
  /** PKCS #8, not encrypted. */
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365.25;
/** What browsers took from public authorities for years; nothing hangs on it, as the certificate renews itself. */
const SERVER_DAYS = 397;
/** Boards and machines whose clocks are a little slow shall find a new certificate valid. */
const BACKDATED_MS = DAY_MS;

/** A new certificate authority on P-256 that lives 20 years and certifies servers, no other authorities. */
export async function issueAuthority(commonName: string, nowMs: number, randomFill: RandomFill): Promise<CertifiedKey> {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const publicKey = asCryptoKey(createPublicKey(key), 'verify');
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(randomFill),
    subject: [{ CN: [commonName] }],
    issuer: [{ CN: [commonName] }],
    ...validity(nowMs, AUTHORITY_DAYS),
    publicKey,
    signingKey: asCryptoKey(key, 'sign'),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { key: pkcs8(key), cert: `${certificate.toString('pem')}\n` };
}

/** A server certificate on a new P-256 key, good for all names and addresses of `identity`. */
export async function issueServerCertificate(
  authority: CertifiedKey,
  identity: HostIdentity,
  nowMs: number,
  randomFill: RandomFill,
): Promise<CertifiedKey> {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const publicKey = asCryptoKey(createPublicKey(key), 'verify');
  const issuer = new X509Certificate(authority.cert);
  const { notBefore, notAfter } = validity(nowMs, SERVER_DAYS);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(randomFill),
    subject: [{ CN: [commonNameOf(identity)] }],
    issuer: issuer.subjectName,
    notBefore,
    notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
    publicKey,
    signingKey: asCryptoKey(createPrivateKey(authority.key), 'sign'),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...identity.names.map((value) => ({ type: 'dns' as const, value })),
        ...identity.addresses.map((address) => ({ type: 'ip' as const, value: canonicalAddress(address) })),
      ]),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { key: pkcs8(key), cert: `${certificate.toString('pem')}\n` };
}

/** The one spelling of an IPv6 address (RFC 5952) without an IPv4 part at its end, which the encoder would misread. */
function canonicalAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

function validity(nowMs: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(nowMs + days * DAY_MS) };
}

/** RFC 5280 section 4.1.2.2: positive, at most 20 octets; random, so that nobody can guess the next one. */
function serialNumber(randomFill: RandomFill): string {
  const bytes = randomFill(new Uint8Array(16));
  // The first bit would be a sign; the second keeps the first octet from being zero.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return toHex(bytes);
}

/** People read it, and clients that know no alternative names compare it. At most 64 characters (ub-common-name). */
function commonNameOf({ names }: HostIdentity): string {
  const fitting = names.filter((name) => name.length <= 64);
  return fitting.find((name) => name !== 'localhost') ?? 'localhost';
}

function asCryptoKey(key: KeyObject, usage: 'sign' | 'verify'): webcrypto.CryptoKey {
  return key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [usage]);
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}
