/** Numbers that may be a percentage of something. Models apimachinery's intstr.GetScaledValueFromIntOrPercent. */
import type { IntOrString } from '../api/types';

/** The value for a total: `25%` of 10 is 3 rounded up and 2 rounded down; a number stands for itself. */
export function scaledValue(value: IntOrString | undefined, total: number, rounding: 'up' | 'down'): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  // Multiplied first, so that whole results stay whole.
  const hundredths = Number.parseInt(value, 10) * total;
  return rounding === 'up' ? Math.ceil(hundredths / 100) : Math.floor(hundredths / 100);
}
