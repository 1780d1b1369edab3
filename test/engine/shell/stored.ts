/** The objects of test/engine/shell/objects as a reader, frozen as if they came out of a cluster. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../../src/base/yaml/parse';
import { compareText, deepFreeze } from '../../../src/base/freeze';
import type { KubeObject } from '../../../src/api/types';
import type { ObjectReader } from '../../../src/shell/kubectl/describe/describe';

const folder = join(__dirname, 'objects');

/** Every object, in the order that etcd keeps them. */
export const objects: readonly KubeObject[] = readdirSync(folder).sort()
  .flatMap((file) => parseYaml(readFileSync(join(folder, file), 'utf8')))
  .map(({ value }) => deepFreeze(value as KubeObject))
  .sort((a, b) => compareText(keyOf(a), keyOf(b)));

function keyOf({ apiVersion, kind, metadata: { namespace = '', name } }: KubeObject): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`;
}

/** A reader of all objects. */
export const reader: ObjectReader = {
  get: ({ apiVersion, kind, namespace = '', name }) => objects.find((each) => (
    keyOf(each) === `${apiVersion} ${kind} ${namespace}/${name}`)),
  list: <T extends KubeObject>(apiVersion: string, kind: string, _revision = 0, namespace?: string) => objects.filter(
    (each) => each.apiVersion === apiVersion && each.kind === kind
      && (namespace === undefined || each.metadata.namespace === namespace)) as unknown as readonly T[],
};
