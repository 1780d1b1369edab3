/**
 * "Did you mean this?" below the complaint about a command that does not exist. Models cobra's SuggestionsFor: names that
 * begin with what was typed, or that two changes of a letter make of it, in the order in which kubectl adds its commands.
 */

/** The groups of `kubectl --help` one after the other. */
const commandsInOrder = [
  'create',
  'expose',
  'run',
  'set',
  'explain',
  'get',
  'edit',
  'delete',
  'rollout',
  'scale',
  'autoscale',
  'certificate',
  'cluster-info',
  'top',
  'cordon',
  'uncordon',
  'drain',
  'taint',
  'describe',
  'logs',
  'attach',
  'exec',
  'port-forward',
  'proxy',
  'cp',
  'auth',
  'debug',
  'events',
  'diff',
  'apply',
  'patch',
  'replace',
  'wait',
  'kustomize',
  'label',
  'annotate',
  'completion',
  'alpha',
  'config',
  'plugin',
  'version',
  'api-versions',
  'api-resources',
  'options',
  'kuberc',
];
const farthest = 2;

/** What kubectl prints below the complaint about an unknown command. */
export function suggestions(typed: string): string {
  const word = typed.toLowerCase();
  const near = commandsInOrder.filter((name) => name.startsWith(word) || distance(word, name) <= farthest);
  return near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((name) => `\t${name}`).join('\n')}`;
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
