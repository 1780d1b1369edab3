/** The digits of pi by Machin's formula, for the Job of Kubernetes' documentation: computed, not remembered. */

/** Pi with that many significant digits, the last one rounded. */
export function piDigits(digits: number): string {
  const guard = 10;
  const unit = 10n ** BigInt(digits - 1 + guard);
  const pi = 4n * (4n * arccot(5n, unit) - arccot(239n, unit));
  const rounded = (pi + 5n * 10n ** BigInt(guard - 1)) / 10n ** BigInt(guard);
  const text = String(rounded);
  return digits === 1 ? text : `${text[0]}.${text.slice(1)}`;
}

/** The inverse cotangent of x, times `unit`. */
function arccot(x: bigint, unit: bigint): bigint {
  let power = unit / x;
  let sum = power;
  const square = x * x;
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / n;
  }
  return sum;
}
