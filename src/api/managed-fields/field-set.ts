/**
 * Sets of fields, in the form of managedFields' fieldsV1: a tree of plain objects whose keys are path elements. An empty
 * node is a member of the set, a node with `.` is a member that also has members below it, and any other node only leads
 * to its members. Sets are frozen, their nodes are in upstream's order, and an operation that changes nothing returns
 * the set it was given, so that versions of an object share what did not change. The empty set is undefined. Models
 * structured-merge-diff's fieldpath.Set.
 */
import { canonicalElement, compareElements } from './path-element';

/** A node of the tree; the root is one that is no member itself. */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** A member with nothing below it. */
export const leaf: FieldSet = Object.freeze({});

const self = '.';

function isMember(node: FieldSet): boolean {
  if (Object.hasOwn(node, self)) return true;
  for (const _ in node) return false;
  return true;
}

/** Builds a node of its children; undefined when it would be neither a member nor lead to one. */
export function nodeOf(member: boolean, children: [element: string, node: FieldSet][]): FieldSet | undefined {
  if (children.length === 0) return member ? leaf : undefined;
  if (children.length > 1) sortChildren(children);
  const node: Record<string, FieldSet> = {};
  if (member) node[self] = leaf;
  for (const [element, child] of children) node[element] = child;
  return Object.freeze(node);
}

/** The node as a member; without a node, a member with nothing below it. */
export function asMember(node: FieldSet | undefined): FieldSet {
  return node === undefined ? leaf : nodeOf(true, childrenOf(node)) ?? leaf;
}

function sortChildren(children: [string, FieldSet][]): void {
  for (let i = 1; i < children.length; i += 1) {
    if (compareElements(children[i - 1]?.[0] ?? '', children[i]?.[0] ?? '') > 0) {
      children.sort((a, b) => compareElements(a[0], b[0]));
      return;
    }
  }
}

function childrenOf(node: FieldSet): [string, FieldSet][] {
  return Object.entries(node).filter(([element]) => element !== self);
}

/** The subtree below a path element. */
export function childOf(set: FieldSet | undefined, element: string): FieldSet | undefined {
  return set !== undefined && element !== self && Object.hasOwn(set, element) ? set[element] : undefined;
}

/** Whether a child element is itself a member. */
export function hasMember(set: FieldSet | undefined, element: string): boolean {
  const child = childOf(set, element);
  return child !== undefined && isMember(child);
}

/** Whether a path is a member. */
export function hasPath(set: FieldSet | undefined, path: readonly string[]): boolean {
  let at = set;
  for (const element of path) at = childOf(at, element);
  return at !== undefined && path.length > 0 && isMember(at);
}

/** The set of one path. */
export function setOfPath(path: readonly string[]): FieldSet {
  return path.reduceRight<FieldSet>((below, element) => Object.freeze({ [element]: below }), leaf);
}

/** What is in either set. */
export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  return unite(a, b, false);
}

function unite(a: FieldSet, b: FieldSet, nested: boolean): FieldSet {
  if (a === b) return a;
  const member = nested && (isMember(a) || isMember(b));
  let changed: Map<string, FieldSet> | undefined;
  for (const element in b) {
    if (element === self) continue;
    const theirs = b[element] as FieldSet;
    const ours = childOf(a, element);
    const both = ours === undefined ? theirs : unite(ours, theirs, true);
    if (both !== ours) (changed ??= new Map()).set(element, both);
  }
  if (changed === undefined && (!member || isMember(a))) return a;
  const children = childrenOf(a).filter(([element]) => changed?.has(element) !== true);
  return nodeOf(member, [...children, ...(changed ?? [])]) as FieldSet;
}

/** What is in the first set and not in the second; what lies below a member of the second stays. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a;
  return subtract(a, b, false, false);
}

/** As `difference`, but everything below a member of the second set goes as well. */
export function recursiveDifference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a;
  return subtract(a, b, false, true);
}

function subtract(a: FieldSet, b: FieldSet, nested: boolean, recursive: boolean): FieldSet | undefined {
  if (nested && recursive && isMember(b)) return undefined;
  const wasMember = nested && isMember(a);
  const member = wasMember && !isMember(b);
  let changed: Map<string, FieldSet | undefined> | undefined;
  for (const element in b) {
    const ours = childOf(a, element);
    if (ours === undefined) continue;
    const rest = subtract(ours, b[element] as FieldSet, true, recursive);
    if (rest !== ours) (changed ??= new Map()).set(element, rest);
  }
  if (changed === undefined && member === wasMember) return a;
  const children: [string, FieldSet][] = [];
  for (const [element, child] of childrenOf(a)) {
    const rest = changed?.has(element) ? changed.get(element) : child;
    if (rest !== undefined) children.push([element, rest]);
  }
  return nodeOf(member, children);
}

/** What is in both sets. */
export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return undefined;
  return a === b ? a : intersect(a, b, false);
}

function intersect(a: FieldSet, b: FieldSet, nested: boolean): FieldSet | undefined {
  const children: [string, FieldSet][] = [];
  for (const [element, ours] of childrenOf(a)) {
    const theirs = childOf(b, element);
    const both = theirs === undefined ? undefined : ours === theirs ? ours : intersect(ours, theirs, true);
    if (both !== undefined) children.push([element, both]);
  }
  return nodeOf(nested && isMember(a) && isMember(b), children);
}

/** A pattern of paths: `*` stands for any element; what lies on the way and all below it matches too. */
export type PathPattern = readonly string[];

/** The members that any of the patterns matches. */
export function matching(set: FieldSet | undefined, patterns: readonly PathPattern[]): FieldSet | undefined {
  return set === undefined ? undefined : matchNode(set, patterns, false);
}

function matchNode(node: FieldSet, patterns: readonly PathPattern[], nested: boolean): FieldSet | undefined {
  if (patterns.some((pattern) => pattern.length === 0)) return node;
  const children: [string, FieldSet][] = [];
  for (const [element, child] of childrenOf(node)) {
    const rest = patterns.filter(([first]) => first === element || first === '*').map((pattern) => pattern.slice(1));
    const kept = rest.length === 0 ? undefined : matchNode(child, rest, true);
    if (kept !== undefined) children.push([element, kept]);
  }
  return nodeOf(nested && isMember(node), children);
}

/** Calls back with each member's path: the members of a level first, then those below, as upstream iterates. */
export function forEachPath(set: FieldSet | undefined, visit: (path: readonly string[]) => void): void {
  if (set !== undefined) walk(set, [], visit);
}

function walk(node: FieldSet, path: readonly string[], visit: (path: readonly string[]) => void): void {
  const children = childrenOf(node);
  for (const [element, child] of children) if (isMember(child)) visit([...path, element]);
  for (const [element, child] of children) walk(child, [...path, element], visit);
}

/** A set that came from outside, in canonical form; `invalid` when it is none. */
export function readFieldSet(json: unknown): FieldSet | undefined | 'invalid' {
  const root = readNode(json, false);
  return root === 'invalid' ? root : root.node;
}

function readNode(json: unknown, nested: boolean): { readonly node: FieldSet | undefined } | 'invalid' {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'invalid';
  const children = new Map<string, FieldSet>();
  let member = nested && Object.keys(json).length === 0;
  for (const [text, below] of Object.entries(json)) {
    if (text === self) {
      member = nested;
      continue;
    }
    const element = canonicalElement(text);
    if (element === 'invalid') return element;
    if (element === undefined) continue;
    const child = readNode(below, true);
    if (child === 'invalid') return child;
    const both = union(children.get(element), child.node);
    if (both !== undefined) children.set(element, both);
  }
  return { node: nodeOf(member, [...children]) };
}
