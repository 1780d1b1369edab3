/**
 * What the arguments of a command name: `pods`, `pods,svc`, `pod web`, `pod/web deploy/api`, `all`, the objects of
 * files. Models the builder of cli-runtime's pkg/resource with its words.
 */
import type { AnyKind } from '../../../api/kind';
import type { KindRegistry } from '../../../api/registry';
import type { KubeObject } from '../../../api/types';
import { parseYaml } from '../../../base/yaml/parse';
import type { Call } from './call';

/** Objects of one kind: one by name, or all that the selectors leave. */
export interface Target {
  readonly kind: AnyKind;
  readonly name?: string;
  /** The namespace of an object of a file. */
  readonly namespace?: string;
  /** The object as the file has it. */
  readonly object?: Readonly<Record<string, unknown>>;
}

export interface TargetProblem {
  readonly problem: string;
}

export function isTargetProblem(found: readonly Target[] | TargetProblem): found is TargetProblem {
  return 'problem' in found;
}

/** The kind that a user means. */
export function kindNamed(kinds: KindRegistry, name: string): AnyKind | TargetProblem {
  return kinds.byName(name) ?? { problem: `the server doesn't have a resource type "${name}"` };
}

/** The targets of resource arguments. `plain` is set where a lone word is a name of that kind (`kubectl drain NODE`). */
export function targetsOf(kinds: KindRegistry, args: readonly string[]): readonly Target[] | TargetProblem {
  const [first, ...names] = args;
  if (first === undefined) return [];
  if (args.some((arg) => arg.includes('/'))) return slashed(kinds, args);
  const targets: Target[] = [];
  for (const word of first.split(',')) {
    const category =
      word === 'all'
        ? kinds
            .inCategory('all')
            // Of a kind with several versions, the preferred one.
            .filter(
              (kind) => kinds.byName(`${kind.plural}.${kind.group}`) === kind || kinds.byName(kind.plural) === kind,
            )
        : [];
    const found = category.length > 0 ? category : [kindNamed(kinds, word)];
    for (const kind of found) {
      if ('problem' in kind) return kind;
      if (names.length === 0) targets.push({ kind });
      else for (const name of names) targets.push({ kind, name });
    }
  }
  return targets;
}

function slashed(kinds: KindRegistry, args: readonly string[]): readonly Target[] | TargetProblem {
  const targets: Target[] = [];
  for (const arg of args) {
    const parts = arg.split('/');
    if (parts.length === 1) {
      return {
        problem:
          `there is no need to specify a resource type as a separate argument when passing arguments in ` +
          `resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
      };
    }
    const [type = '', name = ''] = parts;
    if (parts.length > 2 || type === '' || name === '') {
      return { problem: `arguments in resource/name form may not have more than one slash` };
    }
    const kind = kindNamed(kinds, type);
    if ('problem' in kind) return kind;
    targets.push({ kind, name });
  }
  return targets;
}

/** The objects of the files that `-f` names, in their order. */
export function fileTargets(call: Call): readonly Target[] | TargetProblem {
  const targets: Target[] = [];
  for (const name of call.flags.all('filename')) {
    const text = name === '-' ? call.stdin : call.files[name];
    if (text === undefined) {
      return { problem: name === '-' ? 'no objects passed to apply' : `the path "${name}" does not exist` };
    }
    if (/^(\s*(#.*|---)?\n?)*$/.test(text)) continue;
    for (const document of parseYaml(text)) {
      const [mistake] = document.problems;
      if (mistake) return { problem: `error parsing ${name}: error converting YAML to JSON: yaml: ${mistake.message}` };
      if (document.empty) continue;
      const value = document.value as Readonly<Record<string, unknown>>;
      const items = value['kind'] === 'List' && Array.isArray(value['items']) ? value['items'] as typeof value[]
        : [value];
      for (const item of items) {
        const target = objectTarget(call, item, name);
        if ('problem' in target) return target;
        targets.push(target);
      }
    }
  }
  return targets;
}

function objectTarget(call: Call, item: Readonly<Record<string, unknown>>, file: string): Target | TargetProblem {
  const { apiVersion, kind, metadata } = item as unknown as Partial<KubeObject>;
  const where = `error validating "${file === '-' ? 'STDIN' : file}": error validating data: `;
  if (!apiVersion)
    return {
      problem: `${where}apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false`,
    };
  if (!kind)
    return {
      problem: `${where}kind not set; if you choose to ignore these errors, turn validation off with --validate=false`,
    };
  const description = call.kinds.byKind(apiVersion, kind);
  const name = metadata?.name ?? '';
  if (!description) {
    return {
      problem:
        `resource mapping not found for name: "${name}" namespace: "${metadata?.namespace ?? ''}" from ` +
        `"${file === '-' ? 'STDIN' : file}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    };
  }
  const own = metadata?.namespace;
  if (description.namespaced && own !== undefined && call.flags.has('namespace') && own !== call.namespace) {
    return {
      problem:
        `the namespace from the provided object "${own}" does not match the namespace "${call.namespace}". ` +
        `You must pass '--namespace=${own}' to perform this operation.`,
    };
  }
  const namespace = description.namespaced ? own ?? call.namespace : undefined;
  const object = namespace === undefined ? item : { ...item, metadata: { ...(metadata ?? {}), namespace } };
  return { kind: description, name, namespace, object };
}

/** `pod/web`, `deployment.apps/web`: an object in kubectl's sentences. */
export function shownName({ group, singular }: AnyKind, name: string): string {
  return `${group === '' ? singular : `${singular}.${group}`}/${name}`;
}

/** The namespace of a request for a kind. */
export function scopeOf(call: Call, { kind, namespace }: Target): string | undefined {
  return kind.namespaced ? namespace ?? call.namespace : undefined;
}
