/**
 * What an API server would say to a new object of a kind that it does not serve yet, because the definition comes in the
 * same breath: decoding, defaults and validation by the definition's schema. Admission and names that are taken cannot
 * be judged this way.
 */
import { decodeFailure, decodeFailureMessage } from '../decode/decode';
import type { AnyKind } from '../kind';
import { badRequest, type FailureStatus, invalidStatus } from '../status';
import type { KubeObject } from '../types';

/** Why the object would be refused, or undefined. */
export function newObjectRefusal(kind: AnyKind, object: KubeObject): FailureStatus | undefined {
  const decoded = kind.decode?.(object as unknown as Readonly<Record<string, unknown>>);
  const failure = decoded && decodeFailure(decoded.problems, 'Strict');
  if (failure !== undefined) return badRequest(decodeFailureMessage(kind.kind, kind.version, failure));
  const read = (decoded?.object ?? object) as KubeObject;
  const filled = (kind.defaults?.(read) ?? read) as KubeObject;
  const errors = kind.validate?.(filled) ?? [];
  return errors.length === 0 ? undefined : invalidStatus(kind, object.metadata.name, errors);
}
