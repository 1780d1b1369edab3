/**
 * Holds sources against the rules: YAML, the API's schemas, kind's rules, and at last an API server's own judgement of
 * what applying them would do. Gives findings by file; changes nothing and shows nothing.
 */
import type { PlannedObject } from '../../../cluster/cluster';
import type { KindPlan } from '../../../cluster/sandbox';
import type { ManifestSet, PlacedObject } from '../../../shell/manifest-set';
import { yamlLimits } from '../../../base/limits';
import type { Loaded } from '../clusters';
import { kindHintText, kindNoteText, kindProblemText } from '../texts/kind-config';
import { inertText, manifestText } from '../texts/manifest';
import { yamlText } from '../texts/yaml';
import type { Finding, Problems } from './problems';
import type { Source } from './read';

const mebibyte = 1024 * 1024;

/** A kind config among the sources and what applying it would do. */
export interface PlannedConfig {
  readonly source: Source;
  readonly plan: KindPlan;
}

/** What the sources are, and what is wrong with them. */
export class Checked {
  private readonly findings = new Map<string, Finding[]>();

  constructor(
    readonly sources: readonly Source[],
    readonly objects: readonly PlacedObject[],
    readonly configs: readonly PlannedConfig[],
  ) {}

  add(file: string, finding: Finding): void {
    const list = this.findings.get(file);
    if (list) list.push(finding);
    else this.findings.set(file, [finding]);
  }

  /** All errors, in the order of the files. */
  errors(): readonly (Finding & { readonly source: Source })[] {
    return this.sources.flatMap((source) => this.of(source)
      .filter(({ severity }) => severity === 'error').map((finding) => ({ ...finding, source })));
  }

  /** Puts the findings of every file into the problems view, in place of what was said before. */
  show(problems: Problems): void {
    for (const source of this.sources) problems.set(source.uri, source.text, this.of(source));
  }

  private of(source: Source): readonly Finding[] {
    return this.findings.get(source.uri.toString()) ?? [];
  }
}

/** Checks sources as far as that goes without a cluster. `withNotes` adds what of a kind.yaml is not simulated. */
export function checkSources({ engine, sandbox }: Loaded, sources: readonly Source[], withNotes: boolean): Checked {
  const readable = sources.filter((source) => source.tooLargeBytes === undefined);
  const files = readable.map((source) => ({ name: source.uri.toString(), text: source.text }));
  const set: ManifestSet = engine.readManifests(files, sandbox.kinds);
  const configs = set.kindConfigs.flatMap((file): PlannedConfig[] => {
    const source = readable.find(({ uri }) => uri.toString() === file.name);
    return source ? [{ source, plan: sandbox.plan(file.text) }] : [];
  });
  const checked = new Checked(sources, set.objects, configs);
  for (const { uri, tooLargeBytes } of sources) {
    if (tooLargeBytes !== undefined) checked.add(uri.toString(), tooLarge(tooLargeBytes));
  }
  for (const { file, start, end, code, args, message } of set.problems) {
    checked.add(file, { start, end, code, message: manifestText(code, args, message), severity: 'error' });
  }
  for (const config of configs) addConfig(checked, config, withNotes);
  if (withNotes) for (const placed of set.objects) addInert(checked, placed, engine);
  return checked;
}

/** Says so when nothing will act on an object. */
function addInert(checked: Checked, { file, document, path, ref }: PlacedObject, engine: Loaded['engine']): void {
  const actor = engine.missingActor(ref.apiVersion, ref.kind);
  if (actor === undefined) return;
  const { start, end } = document.positionOf([...path, 'kind'], 'value');
  checked.add(file, { start, end, code: 'inert', message: inertText(ref.kind, actor), severity: 'information' });
}

function tooLarge(bytes: number): Finding {
  const args = { size: (bytes / mebibyte).toFixed(1), limit: yamlLimits.textBytes / mebibyte };
  return { start: 0, end: 0, code: 'yaml.tooLarge', message: yamlText('yaml.tooLarge', args) ?? '', severity: 'error' };
}

function addConfig(checked: Checked, { source, plan: { result } }: PlannedConfig, withNotes: boolean): void {
  const file = source.uri.toString();
  result.problems.forEach((problem, index) => {
    const hint = index === 0 && result.hint && problem.code !== 'yaml.empty' ? `\n${kindHintText()}` : '';
    const { start, end, code } = problem;
    const message = kindProblemText(problem) + hint;
    checked.add(file, { start, end, code: `kind.${code}`, message, severity: 'error' });
  });
  if (!withNotes) return;
  for (const { start, end, code, args, message: english } of result.notes) {
    const message = kindNoteText(code, args, english);
    checked.add(file, { start, end, code: `kind.${code}`, message, severity: 'information' });
  }
}

/** Adds what the API server refuses, each at the field that it names. */
export function addRefusals({ engine }: Loaded, checked: Checked, planned: readonly PlannedObject[]): void {
  planned.forEach(({ outcome, status, text }, index) => {
    const placed = checked.objects[index];
    if (outcome !== 'refused' || !placed) return;
    const causes = status?.reason === 'Invalid' ? status.details?.causes ?? [] : [];
    for (const { field, message } of causes) {
      const place = engine.placeOfField(placed, field ?? '');
      checked.add(placed.file, {
        ...place, code: 'Invalid', message: field ? `${field}: ${message ?? ''}` : message ?? '', severity: 'error',
      });
    }
    if (causes.length > 0) return;
    const missingNamespace = status?.reason === 'NotFound' && status.details?.kind === 'namespaces';
    const place = engine.placeOfField(placed, missingNamespace ? 'metadata.namespace' : 'metadata.name');
    checked.add(placed.file, { ...place, code: status?.reason ?? 'refused', message: text ?? '', severity: 'error' });
  });
}
