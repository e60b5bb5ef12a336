import { base64Decode } from '@mkiot/core/bytes/base64';
import { fromBigEndian } from './bigIntegers.ts';
import { type CurveName, CURVES, isOnCurve, multiplyPoint } from './curves.ts';
import { DER_TAGS, DerReader } from './derReader.ts';
import { keyError } from './keyErrors.ts';
import type { EcPrivateKey, EcPublicKey, PrivateKey, PublicKey, RsaPrivateKey } from './keys.ts';

const OID_RSA = '1.2.840.113549.1.1.1';
const OID_EC = '1.2.840.10045.2.1';
const TAG_PARAMETERS = 0xa0;
const TAG_PUBLIC_KEY = 0xa1;

/** The kinds of PEM block that hold a key, and how they are read. */
const READERS: Readonly<Record<string, (der: DerReader) => PublicKey | PrivateKey>> = {
  'PUBLIC KEY': readSubjectPublicKeyInfo,
  'PRIVATE KEY': readPrivateKeyInfo,
  'RSA PRIVATE KEY': readRsaPrivateKey,
  'EC PRIVATE KEY': (der) => readEcPrivateKey(der, undefined),
};

/**
 * The key in a PEM file: SubjectPublicKeyInfo (RFC 5280), PKCS #8 (RFC 5208), PKCS #1 (RFC 8017) or SEC 1 (RFC 5915).
 * Other blocks beside it, such as curve parameters, are left out.
 *
 * @throws `KEY_FILE_NOT_PEM`, `KEY_FILE_MANY`, `KEY_FILE_ENCRYPTED`, `KEY_FILE_KIND`, `KEY_FILE_DAMAGED`,
 *   `KEY_ALGORITHM_UNKNOWN`, `KEY_CURVE_UNKNOWN`, `KEY_POINT_WRONG`
 */
export function parsePemKey(pem: string): PublicKey | PrivateKey {
  const blocks = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]*KEY)-----([^-]*)-----END \1-----/g)];
  const [block] = blocks;
  if (block === undefined) throw keyError('KEY_FILE_NOT_PEM');
  if (blocks.length > 1) throw keyError('KEY_FILE_MANY', { found: blocks.length });
  const [, label = '', text = ''] = block;
  if (label.startsWith('ENCRYPTED') || text.includes('Proc-Type')) throw keyError('KEY_FILE_ENCRYPTED');
  const read = READERS[label];
  if (read === undefined) throw keyError('KEY_FILE_KIND', { label });
  const bytes = base64Decode(text.replaceAll(/\s/g, ''));
  if (bytes === undefined) throw keyError('KEY_FILE_NOT_PEM');
  return readWhole(bytes, read);
}

/**
 * The private key that `bytes` are in DER: PKCS #8, PKCS #1, or SEC 1.
 *
 * @throws `KEY_FILE_DAMAGED`, `KEY_ALGORITHM_UNKNOWN`, `KEY_CURVE_UNKNOWN`, `KEY_POINT_WRONG`
 */
export function parseDerPrivateKey(bytes: Uint8Array): PrivateKey {
  const sequence = new DerReader(bytes).sequence('private key');
  const version = sequence.integer('version');
  if (version === 1n) return readWhole(bytes, (der) => readEcPrivateKey(der, undefined));
  return readWhole(bytes, sequence.nextTag === DER_TAGS.integer ? readRsaPrivateKey : readPrivateKeyInfo);
}

function readWhole<Key>(bytes: Uint8Array, read: (der: DerReader) => Key): Key {
  const der = new DerReader(bytes);
  const key = read(der);
  der.finish('key');
  return key;
}

/** The private key in a PEM file. @throws as `parsePemKey`, and `KEY_NOT_PRIVATE` */
export function parsePemPrivateKey(pem: string): PrivateKey {
  const key = parsePemKey(pem);
  if ('d' in key) return key;
  throw keyError('KEY_NOT_PRIVATE');
}

function readSubjectPublicKeyInfo(der: DerReader): PublicKey {
  const info = der.sequence('SubjectPublicKeyInfo');
  const curve = readAlgorithm(info);
  const content = info.bitString('subjectPublicKey');
  info.finish('SubjectPublicKeyInfo');
  if (curve !== undefined) return pointOf(curve, content);
  const rsa = new DerReader(content);
  const numbers = rsa.sequence('RSAPublicKey');
  const key = { kind: 'RSA', n: numbers.integer('modulus'), e: numbers.integer('publicExponent') } as const;
  numbers.finish('RSAPublicKey');
  rsa.finish('RSAPublicKey');
  return key;
}

function readPrivateKeyInfo(der: DerReader): PrivateKey {
  const info = der.sequence('PrivateKeyInfo');
  info.integer('version');
  const curve = readAlgorithm(info);
  // Attributes may follow, which say nothing about the key.
  const inner = new DerReader(info.element(DER_TAGS.octetString, 'privateKey'));
  const key = curve === undefined ? readRsaPrivateKey(inner) : readEcPrivateKey(inner, curve);
  inner.finish('privateKey');
  return key;
}

/** The curve of an elliptic curve key; undefined for RSA. */
function readAlgorithm(info: DerReader): CurveName | undefined {
  const algorithm = info.sequence('algorithm');
  const oid = algorithm.objectIdentifier('algorithm');
  if (oid === OID_EC) {
    const curve = curveOf(algorithm.objectIdentifier('namedCurve'));
    algorithm.finish('algorithm');
    return curve;
  }
  if (oid !== OID_RSA) throw keyError('KEY_ALGORITHM_UNKNOWN', { oid });
  algorithm.element(DER_TAGS.null, 'parameters');
  algorithm.finish('algorithm');
  return undefined;
}

function readRsaPrivateKey(der: DerReader): RsaPrivateKey {
  const numbers = der.sequence('RSAPrivateKey');
  numbers.integer('version');
  const key = {
    kind: 'RSA',
    n: numbers.integer('modulus'),
    e: numbers.integer('publicExponent'),
    d: numbers.integer('privateExponent'),
    p: numbers.integer('prime1'),
    q: numbers.integer('prime2'),
    dp: numbers.integer('exponent1'),
    dq: numbers.integer('exponent2'),
    qi: numbers.integer('coefficient'),
  } as const;
  numbers.finish('RSAPrivateKey');
  return key;
}

/** @param outer the curve that PKCS #8 names; SEC 1 alone names it itself */
function readEcPrivateKey(der: DerReader, outer: CurveName | undefined): EcPrivateKey {
  const sequence = der.sequence('ECPrivateKey');
  sequence.integer('version');
  const d = fromBigEndian(sequence.element(DER_TAGS.octetString, 'privateKey'));
  let curve = outer;
  if (sequence.nextTag === TAG_PARAMETERS) {
    const parameters = new DerReader(sequence.element(TAG_PARAMETERS, 'parameters'));
    curve = curveOf(parameters.objectIdentifier('namedCurve'));
    parameters.finish('parameters');
    if (outer !== undefined && curve !== outer) throw keyError('KEY_POINT_WRONG');
  }
  if (curve === undefined) throw keyError('KEY_CURVE_UNKNOWN', { oid: 'that the file does not name' });
  const { n, g } = CURVES[curve];
  const point = d < n ? multiplyPoint(CURVES[curve], d, g) : undefined;
  if (point === undefined) throw keyError('KEY_POINT_WRONG');
  if (sequence.nextTag === TAG_PUBLIC_KEY) {
    const publicKey = new DerReader(sequence.element(TAG_PUBLIC_KEY, 'publicKey'));
    const written = pointOf(curve, publicKey.bitString('publicKey'));
    publicKey.finish('publicKey');
    if (written.x !== point.x || written.y !== point.y) throw keyError('KEY_POINT_WRONG');
  }
  sequence.finish('ECPrivateKey');
  return { kind: 'EC', curve, ...point, d };
}

function curveOf(oid: string): CurveName {
  for (const [name, curve] of Object.entries(CURVES)) {
    if (curve.oid === oid) return name as CurveName;
  }
  throw keyError('KEY_CURVE_UNKNOWN', { oid });
}

/** An uncompressed point (SEC 1 section 2.3.4). */
function pointOf(curve: CurveName, bytes: Uint8Array): EcPublicKey {
  const { bytes: length } = CURVES[curve];
  const point = { x: fromBigEndian(bytes.subarray(1, 1 + length)), y: fromBigEndian(bytes.subarray(1 + length)) };
  const isPoint = bytes.length === 1 + 2 * length && bytes[0] === 4 && isOnCurve(CURVES[curve], point);
  if (!isPoint) throw keyError('KEY_POINT_WRONG');
  return { kind: 'EC', curve, ...point };
}
