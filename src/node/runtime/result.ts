/** Answers of the runtime. */
import type { CriMethod, CriResult } from '../cri';

/** The success of a method. */
export function done<M extends CriMethod>(value: Extract<CriResult<M>, { ok: true }>['value']): CriResult<M> {
  return { ok: true, value } as CriResult<M>;
}
