/**
 * Where somebody wrote what a box shows: the manifest by which the object, or whatever owns it, was applied last, and
 * the fields in it that made the box be there. Read from the commands of the run and from owner references; objects
 * that nobody applied, such as those of kind and kubeadm, have none.
 */
import type { KindRegistry } from '../../api/registry';
import type { Pod } from '../../api/types';
import type { Command, LoggedCommand, ObjectRef } from '../../protocol/commands';
import type { PlainMap } from '../../api/patch/plain';
import { refOf } from '../../shell/kubectl/apply';
import { readManifests } from '../../shell/manifest-set';
import type { ObjectReader } from './inside/source';
import { fieldOrigins, type ObjectField } from './study/plugin-fields';

export interface AppliedFrom {
  readonly ref: ObjectRef;
  /** The file as the command named it: a URI, or what was typed in the terminal. */
  readonly file: string;
  readonly typed: boolean;
  /** The line at which the object began, counted from 1. */
  readonly line: number;
  /** What to point at in it, the best first, by what the file has. */
  readonly fields: readonly string[];
}

/** The manifest behind a pod or a container, as far as the commands tell: those before the moment that is shown. */
export function appliedFrom(
  box: string, objects: ObjectReader, commands: readonly LoggedCommand[], kinds: KindRegistry,
): AppliedFrom | undefined {
  const origins = originsOf(box, objects);
  for (const { command } of [...commands].reverse()) {
    for (const { ref, field } of origins) {
      const found = placeIn(command, ref, kinds);
      if (found) return { ...found, ref, fields: fieldsOf(box, ref, field) };
    }
  }
  return undefined;
}

/** The objects that may have been written, the outermost owner first. */
function originsOf(box: string, objects: ObjectReader): readonly ObjectField[] {
  const [kind, namespace = '', name = '', container] = box.split('/');
  if (kind === 'node') return [{ ref: { apiVersion: 'v1', kind: 'Node', name: namespace }, field: '' }];
  if (kind !== 'pod' && kind !== 'container') return [];
  const pod = objects.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }) as Pod | undefined;
  const at = pod?.spec.containers.findIndex((each) => each.name === container) ?? -1;
  const field = at < 0 ? 'spec' : `spec.containers[${at}]`;
  return [...fieldOrigins(`${namespace}/${name}`, field, objects)].reverse();
}

/** A container is there because the template has it; a pod, because its owner wants so many, or because of itself. */
function fieldsOf(box: string, { kind }: ObjectRef, field: string): readonly string[] {
  if (box.startsWith('container/')) return [`${field}.image`, field];
  return kind === 'Pod' || kind === 'Node' ? ['kind'] : ['spec.replicas', field, 'kind'];
}

function placeIn(
  command: Command, ref: ObjectRef, kinds: KindRegistry,
): Pick<AppliedFrom, 'file' | 'typed' | 'line'> | undefined {
  if (command.type === 'apply') {
    const at = command.objects.findIndex((object) => isSame(refOf(object as PlainMap), ref));
    const source = at < 0 ? undefined : command.sources?.[at];
    return source && { ...source, typed: false };
  }
  if (command.type !== 'terminal' || command.program.kind !== 'kubectl') return undefined;
  const { args, files } = command.program;
  if (!args.some((word) => word === 'apply' || word === 'create' || word === 'replace')) return undefined;
  for (const [file, text] of Object.entries(files)) {
    const { objects } = readManifests([{ name: file, text }], kinds);
    const placed = objects.find(({ ref: own }) =>
      isSame(own, ref) || (isSame({ ...own, namespace: ref.namespace }, ref) && args.includes(ref.namespace ?? '')));
    if (placed) return { file, typed: true, line: lineAt(text, placed.document.positionOf(placed.path).start) };
  }
  return undefined;
}

function isSame(a: ObjectRef, b: ObjectRef): boolean {
  return a.kind === b.kind && a.name === b.name && a.apiVersion === b.apiVersion
    && (a.namespace ?? '') === (b.namespace ?? '');
}

/** The line of a character, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
