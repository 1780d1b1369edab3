/**
 * Errors in a kind config as kind prints them, each with the place that it speaks of. kind prints all errors of one
 * stage in one text; an editor wants them one by one. Both are made from the same list here.
 */
import type { YamlPath } from '../../base/yaml/node';
import type { YamlProblemCode } from '../../base/yaml/problem';
import type { ValidationCode } from './validate';

/** What kind would have been doing: finding out what the file is, decoding it, validating the result. */
export type KindStage = 'read' | 'decode' | 'validate';

export type KindProblemCode =
  | `yaml.${YamlProblemCode}`
  | 'unknownApiVersion'
  | 'unknownKind'
  | 'unknownField'
  | 'wrongType'
  | 'unknownValue'
  | 'duplicateKey'
  | ValidationCode;

/** One error. Offsets are UTF-16 units of the whole text. */
export interface KindProblem {
  readonly code: KindProblemCode;
  readonly stage: KindStage;
  /** kind's whole text if this were the only error, for a terminal. */
  readonly message: string;
  /** The part of it that speaks of this place, in one line, for an editor. */
  readonly detail: string;
  readonly args: Readonly<Record<string, string | number>>;
  readonly path: YamlPath;
  readonly start: number;
  readonly end: number;
  /** Number of the node in the config that a validation rule speaks of. */
  readonly node?: number;
  /** True for errors that go-yaml collects; others end the stage they occur in. */
  readonly collected: boolean;
}

const prefixes: Readonly<Record<KindStage, string>> = {
  read: 'could not determine kind / apiVersion for config: ',
  decode: 'unable to decode config: ',
  validate: '',
};

/** Kubernetes' way to print several errors: one stands alone, more stand in brackets, each text once. */
function aggregate(texts: readonly string[]): string {
  const unique = [...new Set(texts)];
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
}

type Text = Pick<KindProblem, 'stage' | 'detail' | 'node' | 'collected'>;

function validationText(problems: readonly Text[]): string {
  const texts: string[] = [];
  const nodes = new Set<number>();
  for (const { node, detail } of problems) {
    if (node === undefined) {
      texts.push(detail);
    } else if (!nodes.has(node)) {
      nodes.add(node);
      const inner = problems.filter((each) => each.node === node).map((each) => each.detail);
      texts.push(`invalid configuration for node ${node}: ${aggregate(inner)}`);
    }
  }
  return aggregate(texts);
}

/**
 * What kind prints behind `ERROR: failed to create cluster: ` for these problems; empty if there are none. kind stops
 * at the first stage that fails, and there at the first error that go-yaml does not collect.
 */
export function kindErrorText(problems: readonly Text[]): string {
  const stage = (['read', 'decode', 'validate'] as const).find((each) => problems.some((one) => one.stage === each));
  if (!stage) return '';
  const texts = problems.filter((problem) => problem.stage === stage);
  if (stage === 'validate') return validationText(texts);
  const single = texts.find((problem) => !problem.collected);
  if (single) return single.detail.startsWith('unknown ') ? single.detail : prefixes[stage] + single.detail;
  return `${prefixes[stage]}yaml: unmarshal errors:\n${texts.map(({ detail }) => `  ${detail}`).join('\n')}`;
}

/** Completes a problem with the text that kind would print for it alone. */
export function kindProblem(problem: Omit<KindProblem, 'message'>): KindProblem {
  return Object.freeze({ ...problem, message: kindErrorText([problem]) });
}
