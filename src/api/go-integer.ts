/** Whole numbers as Go reads them from text. Models strconv.Atoi. */
import { quote } from './go-text';

const maxInt64 = 9_223_372_036_854_775_807n;

/**
 * The number that a text says, or Go's complaint as text: `strconv.Atoi: parsing "x": invalid syntax`. Exact up to
 * 2^53; larger numbers of 64 bits are rounded.
 */
export function goInteger(text: string): number | string {
  if (!/^[+-]?\d+$/.test(text)) return `strconv.Atoi: parsing ${quote(text)}: invalid syntax`;
  // A text far too long is not read digit by digit.
  const value = text.length > 30 ? maxInt64 + 2n : BigInt(text.replace('+', ''));
  if (value > maxInt64 || value < -maxInt64 - 1n) return `strconv.Atoi: parsing ${quote(text)}: value out of range`;
  return Number(value);
}
