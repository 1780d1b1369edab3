/**
 * The scale subresource of a custom resource: where its definition says the replicas and the selector lie. Models
 * apiextensions-apiserver's pkg/registry/customresource Scale and the checks of its validator.
 */
import { type FieldError, invalid } from '../field-errors';
import type { ScaleAccess } from '../kind';
import { getIn, setIn } from '../object';
import type { CustomResourceSubresourceScale, KubeObject } from '../types';

const maxInt32 = 2 ** 31 - 1;

function stepsOf(path: string): readonly string[] {
  return path.replace(/^\./, '').split('.');
}

function replicasAt(object: unknown, path: string): number {
  const value = getIn(object, stepsOf(path));
  return typeof value === 'number' ? value : 0;
}

/** How to read and write the scale of resources. */
export function scaleAccess(scale: CustomResourceSubresourceScale): ScaleAccess {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return {
    specReplicas: (object) => replicasAt(object, specReplicasPath),
    statusReplicas: (object) => replicasAt(object, statusReplicasPath),
    selector: (object) => {
      const selector = labelSelectorPath ? getIn(object, stepsOf(labelSelectorPath)) : undefined;
      return typeof selector === 'string' ? selector : '';
    },
    withReplicas: (object: KubeObject, replicas) => setIn(object, stepsOf(specReplicasPath), replicas),
  };
}

/** Errors of the replicas in the spec, and in the status when `withStatus`. */
export function scaleErrors(
  object: KubeObject, scale: CustomResourceSubresourceScale, withStatus: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkReplicas(object, scale.specReplicasPath, errors);
  if (!withStatus) return errors;
  checkReplicas(object, scale.statusReplicasPath, errors);
  if (scale.labelSelectorPath) {
    const selector = getIn(object, stepsOf(scale.labelSelectorPath));
    if (selector !== undefined && typeof selector !== 'string') {
      errors.push(
        invalid(scale.labelSelectorPath, selector, accessorError(scale.labelSelectorPath, selector, 'string')),
      );
    }
  }
  return errors;
}

function checkReplicas(object: KubeObject, path: string, errors: FieldError[]): void {
  const value = getIn(object, stepsOf(path));
  if (value === undefined) return;
  if (typeof value === 'bigint') {
    errors.push(invalid(path, value, rangeProblem(value)));
  } else if (typeof value !== 'number' || !Number.isInteger(value)) {
    errors.push(invalid(path, 0, accessorError(path, value, 'int64')));
  } else if (value < 0 || value > maxInt32) {
    errors.push(invalid(path, value, rangeProblem(value)));
  }
}

function rangeProblem(value: number | bigint): string {
  return value < 0 ? 'should be a non-negative integer' : `should be less than or equal to ${maxInt32}`;
}

/** unstructured.NestedFieldNoCopy's complaint about a value of another type. */
function accessorError(path: string, value: unknown, wanted: string): string {
  const found = typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool'
    : typeof value === 'number' ? 'float64' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `${path} accessor error: ${shown} is of the type ${found}, expected ${wanted}`;
}
