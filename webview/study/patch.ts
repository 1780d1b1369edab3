/**
 * Makes the children of an element look like others that were made anew, and touches only what differs: whoever is about to
 * click, has the focus or has scrolled somewhere keeps the elements that he deals with. Rows are known by their keys.
 */

/** What is done when somebody activates an element. It goes over to the element that stays. */
const actions = new WeakMap<Element, () => void>();

/** Lets an element do something when it is clicked. */
export function onActivate(element: HTMLElement, run: () => void): void {
  actions.set(element, run);
  element.addEventListener('click', () => activate(element));
}

/** Does what a click on the element does. */
export function activate(element: Element): void {
  actions.get(element)?.();
}

/** Brings the children of an element to what they should be. */
export function patchChildren(element: Element, wanted: readonly Node[]): void {
  const old = keyed([...element.childNodes]);
  const kept = [...keyed(wanted)].map(([key, child]) => ({ child, node: old.get(key) }));
  const stay = new Set(kept.map(({ node }) => node));
  for (const node of old.values()) if (!stay.has(node)) element.removeChild(node);
  let cursor = element.firstChild;
  for (const { child, node } of kept) {
    const next = node ? patched(node, child) : child;
    // What stands in its place already is not moved: that would take the focus from it.
    if (next === cursor) cursor = cursor.nextSibling;
    else element.insertBefore(next, cursor);
  }
}

function keyed(nodes: readonly Node[]): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const node of nodes) found.set(keyOf(node, found), node);
  return found;
}

/** What tells a child apart from its siblings: its own key or that of the first thing in it, or its tag and number. */
function keyOf(node: Node, siblings: ReadonlyMap<string, Node>): string {
  const own = node instanceof HTMLElement ? node.dataset['key'] ?? (node.tagName === 'TR' || node.tagName === 'LI'
    ? node.querySelector<HTMLElement>('[data-key]')?.dataset['key'] : undefined) : undefined;
  const base = `${node.nodeName} ${own ?? ''}`;
  let key = base;
  for (let number = 1; siblings.has(key); number += 1) key = `${base} ${number}`;
  return key;
}

/** The old node with everything that the new one has, or the new one where they are of another kind. */
function patched(old: Node, wanted: Node): Node {
  if (old instanceof Element && wanted instanceof Element) {
    for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of wanted.attributes)
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    const action = actions.get(wanted);
    if (action) actions.set(old, action);
    patchChildren(old, [...wanted.childNodes]);
  } else if (old.nodeValue !== wanted.nodeValue) {
    old.nodeValue = wanted.nodeValue;
  }
  return old;
}
