/** What the shells say of a script that they cannot read. */
import type { Problem } from './parser';
import type { Shell } from './shell';

const tokens: Readonly<Record<string, string>> = { newline: 'newline' };

/** The message with which a shell refuses a script. */
export function syntaxMessage(shell: Pick<Shell, 'dialect' | 'name' | 'fromFile'>, problem: Problem): string {
  const { name, fromFile } = shell;
  const { line } = problem;
  if (shell.dialect === 'bash') {
    const prefix = fromFile ? name : `${name}: -c`;
    return `${prefix}: line ${line}: ${bashText(problem)}\n`;
  }
  if (shell.dialect === 'dash') return `${name}: ${line}: Syntax error: ${dashText(problem)}\n`;
  return `${name}: ${fromFile ? `line ${line}: ` : ''}syntax error: ${ashText(problem)}\n`;
}

function bashText(problem: Problem): string {
  switch (problem.kind) {
    case 'quote': return `unexpected EOF while looking for matching \`${problem.quote}'`;
    case 'unexpected': return `syntax error near unexpected token \`${problem.token}'`;
    case 'end': return 'syntax error: unexpected end of file';
    case 'nesting': return 'syntax error: nested too deep';
  }
}

function dashText(problem: Problem): string {
  const expecting = 'expecting' in problem && problem.expecting ? ` (expecting "${problem.expecting}")` : '';
  switch (problem.kind) {
    case 'quote': return unterminated(problem.quote, 'Unterminated quoted string', 'Missing \'}\'',
      'EOF in backquote substitution');
    case 'unexpected': return `${tokens[problem.token] ?? `"${problem.token}"`} unexpected${expecting}`;
    case 'end': return `end of file unexpected${expecting}`;
    case 'nesting': return 'nested too deep';
  }
}

function ashText(problem: Problem): string {
  const expecting = 'expecting' in problem && problem.expecting ? ` (expecting "${problem.expecting}")` : '';
  switch (problem.kind) {
    case 'quote': return unterminated(problem.quote, 'unterminated quoted string', "missing '}'",
      'EOF in backquote substitution');
    case 'unexpected': return `unexpected ${tokens[problem.token] ?? `"${problem.token}"`}${expecting}`;
    case 'end': return `unexpected end of file${expecting}`;
    case 'nesting': return 'nested too deep';
  }
}

function unterminated(quote: string, string: string, brace: string, backquote: string): string {
  return quote === '}' ? brace : quote === '`' ? backquote : string;
}
