/**
 * An object that came back from a webhook or a policy as JSON, made one of the registry's again: decoded, defaulted and
 * in the version that is stored.
 */
import { decode } from '../../api/decode/decode';
import { internalError, type FailureStatus } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { ServedResource } from '../storage/served-resource';

/** The object, or a 500 when it is none of the resource's kind any more. */
export function decodeMutated(
  document: Readonly<Record<string, unknown>>, resource: ServedResource,
): KubeObject | FailureStatus {
  const { kind } = resource;
  const { object, problems } = kind.decode?.(document) ?? decode(document, kind.schema);
  const [wrong] = problems.filter((problem) => problem.kind !== 'unknownField');
  if (wrong) return internalError(wrong.message);
  const decoded = object as unknown as KubeObject;
  const { apiVersion } = resource;
  const typed: KubeObject = { ...decoded, apiVersion, kind: kind.kind };
  return resource.toStorage((kind.defaults?.(typed) ?? typed) as KubeObject);
}
