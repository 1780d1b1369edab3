/**
 * The Markdown of lessons as elements: paragraphs, lists, code, emphasis. Nothing else is known, no HTML and no links,
 * and every text becomes a text node, so that a lesson cannot put anything into the page but words.
 */

/** Renders a text into a fragment. */
export function markdown(source: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const lines = source.replaceAll('\r', '').split('\n');
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    if (line.trim() === '') at += 1;
    else if (line.startsWith('```')) at = codeBlock(fragment, lines, at + 1);
    else if (marker(line)) at = list(fragment, lines, at);
    else at = paragraph(fragment, lines, at);
  }
  return fragment;
}

const bullet = /^\s*[-*] +(.*)$/;
const number = /^\s*\d+\. +(.*)$/;

function marker(line: string): RegExp | undefined {
  if (bullet.test(line)) return bullet;
  return number.test(line) ? number : undefined;
}

function codeBlock(fragment: DocumentFragment, lines: readonly string[], from: number): number {
  let end = from;
  while (end < lines.length && !lines[end]?.startsWith('```')) end += 1;
  const pre = document.createElement('pre');
  const code = document.createElement('code');
  code.textContent = lines.slice(from, end).join('\n');
  pre.tabIndex = 0;
  pre.append(code);
  fragment.append(pre);
  return end + 1;
}

function list(fragment: DocumentFragment, lines: readonly string[], from: number): number {
  const form = marker(lines[from] ?? '');
  const element = document.createElement(form === number ? 'ol' : 'ul');
  let at = from;
  for (let match = form?.exec(lines[at] ?? ''); match; match = form?.exec(lines[at] ?? '')) {
    const item = document.createElement('li');
    item.append(inline(match[1] ?? ''));
    element.append(item);
    at += 1;
  }
  fragment.append(element);
  return at;
}

function paragraph(fragment: DocumentFragment, lines: readonly string[], from: number): number {
  let end = from;
  const goesOn = (line: string): boolean => line.trim() !== '' && !marker(line) && !line.startsWith('```');
  while (end < lines.length && goesOn(lines[end] ?? '')) end += 1;
  const element = document.createElement('p');
  element.append(inline(lines.slice(from, end).join(' ')));
  fragment.append(element);
  return end;
}

/** Code, strong and emphasized text within a line. */
export function inline(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let last = 0;
  for (const match of text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*/g)) {
    fragment.append(text.slice(last, match.index));
    const [whole, code, strong, emphasis] = match;
    const element = document.createElement(code !== undefined ? 'code' : strong !== undefined ? 'strong' : 'em');
    element.textContent = code ?? strong ?? emphasis ?? '';
    fragment.append(element);
    last = match.index + whole.length;
  }
  fragment.append(text.slice(last));
  return fragment;
}
