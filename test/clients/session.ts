/**
 * Sessions at a terminal as plain text: what a user types after `$ `, and below it, letter for letter, what must come
 * back. The files are in test/clients/sessions; each is one test with a namespace of its own.
 *
 *     $ kubectl get pods                 a command of kubectl, helm, or an older kubectl (kubectl-v1.34, kubectl-v1.20)
 *     NAME  READY ...                    what it prints, first on stdout and then on stderr
 *     [1]                                its exit code, when it is not 0
 *     $ cat > pod.yaml <<END             a file; its lines follow, up to END
 *     $ EDITOR=x kubectl edit ... < f    environment and stdin, as in a shell; quotes are single
 *     $ kubectl wait ... &               goes on while the next commands run, to the end of the session or `$ wait`
 *     # a remark                         output that begins like a remark or a command has a backslash before it
 *
 * Only what no run can repeat has a wildcard: `<age>` and `<ip>` (with the blanks that fill their columns), `<time>`,
 * `<date>`, `<uid>`, `<hash>` and `<n>` (a number), a row of x (as many random letters), `<any>` (anything within a
 * line) and, on a line of its own, `<...>` (any lines).
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { type Run, Served, type ServeOptions } from './served';

/** A file to write, a command to run, or to wait for those in the background. */
export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly content: string }
  | { readonly kind: 'command'; readonly line: string; readonly expected: string }
  | { readonly kind: 'wait' };

const folder = join(root, 'test', 'clients', 'sessions');

/** One test for each file of a folder of sessions, in the order of their names, all against one cluster. */
export function describeSessions(area: string, options: ServeOptions = {}): void {
  describe(`kubectl: ${area}`, () => {
    let served: Served;
    before(async () => {
      served = await Served.start(options);
    });
    after(() => served.stop());
    for (const file of readdirSync(join(folder, area)).sort()) {
      const name = file.replace(/\.txt$/, '');
      it(name.replaceAll('-', ' '), () => play(served, name, readFileSync(join(folder, area, file), 'utf8')));
    }
  });
}

/** Plays a session in a namespace of its own. */
export async function play(served: Served, namespace: string, text: string): Promise<void> {
  await playIn(served, await enter(served, namespace), text);
}

/** Plays a session where a kubeconfig stands. */
export async function playIn(served: Served, kubeconfig: string, text: string): Promise<void> {
  let background: Promise<void>[] = [];
  for (const step of parseSession(text)) {
    if (step.kind === 'file') {
      writeFileSync(join(served.folder, step.name), step.content, { mode: 0o755 });
    } else if (step.kind === 'wait') {
      await Promise.all(background);
      background = [];
    } else if (step.line.endsWith(' &')) {
      background.push(check(served, kubeconfig, { ...step, line: step.line.slice(0, -2) }));
    } else {
      await check(served, kubeconfig, step);
    }
  }
  await Promise.all(background);
}

/** Makes a namespace, and a kubeconfig that stands in it. */
export async function enter(served: Served, namespace: string): Promise<string> {
  const kubeconfig = join(served.folder, `${namespace}.kubeconfig`);
  const general = readFileSync(served.kubeconfig, 'utf8');
  writeFileSync(kubeconfig, general.replace(/^( *)user: .*$/m, `$&\n$1namespace: ${namespace}`));
  await served.kubectl(`create namespace ${namespace}`);
  return kubeconfig;
}

async function check(served: Served, kubeconfig: string, step: Step & { readonly kind: 'command' }): Promise<void> {
  const actual = await outputOf(served, kubeconfig, step.line);
  if (!patternOf(step.expected).test(actual)) {
    assert.equal(`$ ${step.line}\n${actual}`, `$ ${step.line}\n${step.expected}`);
  }
}

/** All that a command prints, as a session shows it. */
export async function outputOf(served: Served, kubeconfig: string, line: string): Promise<string> {
  const { stdout, stderr, code } = await runLine(served, kubeconfig, line);
  const newline = stdout !== '' && !stdout.endsWith('\n') ? '\n' : '';
  return `${stdout}${newline}${stderr}${code === 0 ? '' : `[${code}]\n`}`;
}

async function runLine(served: Served, kubeconfig: string, line: string): Promise<Run> {
  const words = wordsOf(line);
  const env: Record<string, string> = { KUBECONFIG: kubeconfig };
  while (/^[A-Z_]+=/.test(words[0] ?? '')) {
    const [name = '', ...value] = (words.shift() ?? '').split('=');
    env[name] = value.join('=').replace(/^\.\//, `${served.folder}/`);
  }
  const redirected = words.at(-2) === '<' ? words.splice(-2)[1] : undefined;
  const input = redirected === undefined ? undefined : readFileSync(join(served.folder, redirected), 'utf8');
  const [program = '', ...args] = words;
  const options = { env, ...(input === undefined ? {} : { input }) };
  switch (program) {
    case 'kubectl':
      return served.kubectl(args, options);
    case 'kubectl-v1.34':
      return served.kubectlOf('v1.34', args, options);
    case 'kubectl-v1.20':
      return served.client(served.debianKubectl ?? 'kubectl', args, options);
    case 'helm':
      return served.helm(args, options);
    default:
      return served.client(program, args, options);
  }
}

/** The words of a command line; single quotes keep blanks together, and nothing else is special. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
}

/** The steps of a session. */
export function parseSession(text: string): readonly Step[] {
  const steps: Step[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length;) {
    const line = lines[i++] ?? '';
    const heredoc = /^\$ cat > (\S+) <<(\w+)$/.exec(line);
    const until = (isEnd: (next: string) => boolean): string => {
      const from = i;
      while (i < lines.length && !isEnd(lines[i] ?? '')) i += 1;
      return lines.slice(from, i).map((next) => `${next.replace(/^\\(?=[#$])/, '')}\n`).join('');
    };
    if (heredoc) {
      const [, name = '', end] = heredoc;
      steps.push({ kind: 'file', name, content: until((next) => next === end) });
      i += 1;
    } else if (line === '$ wait') {
      steps.push({ kind: 'wait' });
    } else if (line.startsWith('$ ')) {
      const expected = until((next) => next.startsWith('$ ') || next.startsWith('# '));
      // The last line of the file is followed by nothing; split() shows that as an empty line.
      steps.push({ kind: 'command', line: line.slice(2), expected: i === lines.length ? expected.slice(0, -1) : expected });
    } else {
      assert.ok(line === '' || line.startsWith('# '), `a session has no place for the line ${JSON.stringify(line)}`);
    }
  }
  return steps;
}

const wildcards: Readonly<Record<string, string>> = {
  '<age>': '(?:<invalid>|<unknown>|(?:\\d+[dhms])+)',
  '<time>': '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z',
  '<date>': '\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d [+]0000',
  '<uid>': '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  '<hash>': '[a-z0-9]+',
  '<n>': '\\d+',
  '<ip>': '\\d+(?:\\.\\d+){3}',
  '<any>': '[^\\n]*?',
  '<...>\n': '(?:[^\\n]*\\n)*?',
};

/** The texts that an expected one stands for. */
export function patternOf(expected: string): RegExp {
  const token = /<\.\.\.>\n|<(?:age|ip|time|date|uid|hash|n|any)>|\bx{5,}\b|\b(?:AGE|Age|CLUSTER-IP)(?= )|----(?= )|[\\^$.*+?()[\]{}|]/g;
  const pattern = expected
    .replace(token, (found) => {
      // How wide a column is depends on what is in it.
      if (['AGE', 'Age', '<age>', '----', 'CLUSTER-IP', '<ip>'].includes(found)) return `${wildcards[found] ?? found}§`;
      return wildcards[found] ?? (found.startsWith('xx') ? `[a-z0-9]{${found.length}}` : `\\${found}`);
    })
    .replace(/§ +/g, ' +').replaceAll('§', '');
  return new RegExp(`^${pattern}$`);
}
