/** The grammar of `kubectl describe`: which words of its output stand out, and which do not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/paths';

interface Rule {
  readonly include?: string;
  readonly match?: string;
  readonly name?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
  readonly patterns?: readonly Rule[];
}

const grammar = JSON.parse(readFileSync(join(root, 'syntaxes', 'describe.tmLanguage.json'), 'utf8')) as {
  readonly patterns: readonly Rule[];
  readonly repository: Readonly<Record<string, Rule>>;
};

function rules(list: readonly Rule[]): Rule[] {
  return list.flatMap((rule) => {
    const target = rule.include === undefined ? rule : grammar.repository[rule.include.slice(1)];
    assert.ok(target, rule.include);
    return target.patterns ? rules(target.patterns) : [target];
  });
}

const all = rules(grammar.patterns);

/** The marked words of a line as `role:text`; like TextMate: the earliest match wins, then the first rule. */
function marks(line: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < line.length;) {
    const matches = all.flatMap((rule) => {
      const pattern = new RegExp(rule.match ?? '(?!)', 'dg');
      pattern.lastIndex = at;
      const match = pattern.exec(line);
      return match && match[0] !== '' ? [{ rule, match }] : [];
    });
    const first = matches.sort((a, b) => a.match.index - b.match.index)[0];
    if (!first) break;
    const { rule, match } = first;
    const role = (name: string): string => name.split('.').at(-2) ?? name;
    if (rule.name) found.push(`${role(rule.name)}:${match[0].trim()}`);
    for (const [index, { name }] of Object.entries(rule.captures ?? {})) {
      if (role(name) !== 'key-value') found.push(`${role(name)}:${match[Number(index)] ?? ''}`);
    }
    at = match.index + match[0].length;
  }
  return found;
}

const cases: readonly (readonly [line: string, marks: readonly string[]])[] = [
  ['Name:             web-0', ['key:Name']],
  ['Service Account:  default', ['key:Service Account']],
  ['Status:           Running', ['key:Status', 'good:Running']],
  ['IP:               10.244.1.5', ['key:IP', 'address:10.244.1.5']],
  ['    Port:           80/TCP', ['key:Port']],
  ['    Ready:          False', ['key:Ready', 'bad:False']],
  ['    Restart Count:  3', ['key:Restart Count', 'quantity:3']],
  ['      Reason:       CrashLoopBackOff', ['key:Reason', 'bad:CrashLoopBackOff']],
  ['    State:          Waiting', ['key:State', 'waiting:Waiting']],
  ['      cpu:        100m', ['key:cpu', 'quantity:100m']],
  ['Annotations:      <none>', ['key:Annotations', 'nothing:<none>']],
  ['  Ready                       True ', ['good:Ready', 'good:True']],
  ['  ----     ------     ----  ----               -------',
    ['rule:----     ------     ----  ----               -------']],
  ['  Warning  BackOff    5s    kubelet            Back-off restarting',
    ['warning:Warning', 'reason:BackOff', 'quantity:5s']],
  ['  Normal   Scheduled  10s   default-scheduler  Successfully assigned default/web to kind-worker', ['quantity:10s']],
  ['# Error from server (NotFound): pods "web" not found',
    ['refusal:# Error from server (NotFound): pods "web" not found']],
  ['    Image:          registry/Running-app:1.0', ['key:Image']],
  ['Start Time:       Sat, 21 Nov 2026 05:40:55 +0000', ['key:Start Time', 'date:Sat, 21 Nov 2026 05:40:55 +0000']],
  ['Node:             kind-worker/172.18.0.3', ['key:Node', 'address:172.18.0.3']],
];

describe('the grammar of describe', () => {
  for (const [line, expected] of cases) it(line.trim().slice(0, 60), () => assert.deepEqual(marks(line), expected));
});
