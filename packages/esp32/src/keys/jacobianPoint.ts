// Points as (x/z², y/z³), which are added and doubled without the division that makes plain coordinates ten times as slow
// (Explicit-Formulas Database, "Jacobian coordinates with a4 = −3"). Not constant-time.
import { inverse, modulo } from './bigIntegers.ts';
import type { Curve, Point } from './curves.ts';

/** Its numbers are those of the curve's field, but may be negative; z of 0 is the point at infinity. */
export interface JacobianPoint {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

export const INFINITY: JacobianPoint = { x: 1n, y: 1n, z: 0n };

export function doubled({ p }: Curve, { x, y, z }: JacobianPoint): JacobianPoint {
  const delta = (z * z) % p;
  const gamma = (y * y) % p;
  const beta = (x * gamma) % p;
  const alpha = (3n * (x - delta) * (x + delta)) % p;
  const x3 = (alpha * alpha - 8n * beta) % p;
  return { x: x3, y: (alpha * (4n * beta - x3) - 8n * gamma * gamma) % p, z: (2n * y * z) % p };
}

export function added(curve: Curve, one: JacobianPoint, other: Point): JacobianPoint {
  const { p } = curve;
  const { x, y, z } = one;
  if (z === 0n) return { ...other, z: 1n };
  const zz = (z * z) % p;
  const h = (other.x * zz - x) % p;
  const r = (((other.y * z) % p) * zz - y) % p;
  if (h === 0n) return r === 0n ? doubled(curve, one) : INFINITY;
  const hh = (h * h) % p;
  const hhh = (h * hh) % p;
  const v = (x * hh) % p;
  const x3 = (r * r - hhh - 2n * v) % p;
  return { x: x3, y: (r * (v - x3) - y * hhh) % p, z: (z * h) % p };
}

/** Whether it is `point`; cheaper than `affine`. */
export function isPoint({ p }: Curve, { x, y, z }: JacobianPoint, point: Point): boolean {
  if (z === 0n) return false;
  const zz = (z * z) % p;
  return (point.x * zz - x) % p === 0n && (((point.y * zz) % p) * z - y) % p === 0n;
}

/** Undefined is the point at infinity. */
export function affine({ p }: Curve, { x, y, z }: JacobianPoint): Point | undefined {
  if (z === 0n) return undefined;
  const inverted = inverse(z, p);
  const squared = (inverted * inverted) % p;
  return { x: modulo(x * squared, p), y: modulo(((y * squared) % p) * inverted, p) };
}
