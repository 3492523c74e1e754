/** Widening of 16-bit floats, as IEEE 754 binary16 and bfloat16 define them. */

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** One IEEE 754 binary16 number as a number. */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** One bfloat16 number as a number: the upper half of a float32. */
export function bfloatToNumber(half: number): number {
  bits[0] = half << 16;
  return value[0] ?? NaN;
}
