/**
 * `kubectl get -o yaml` of one object: everything in it, secrets included, apart from managed fields. Models
 * cli-runtime's YAMLPrinter behind its OmitManagedFieldsPrinter.
 */
import type { KubeObject } from '../../../api/types';
import { withKey } from '../../../base/freeze';
import { dumpYaml } from '../../../base/yaml/dump';

/** The YAML of an object, with a line break at its end. */
export function yamlText(object: KubeObject): string {
  return dumpYaml(withKey(object, 'metadata', withKey(object.metadata, 'managedFields', undefined)));
}
