/**
 * Very many nodes at once, packed so that a picture of 5,000 of them with 150,000 pods is a message of a few hundred
 * kilobytes. Plain data; the lists are as long as there are nodes and in their order.
 */

/** Letters of what a node is: ready, cordoned, not ready, unknown, absent, switched off. */
export const nodeLetters = { ready: 'r', cordoned: 'c', notReady: 'n', unknown: 'u', absent: 'a', off: 'o' } as const;

export type NodeLetter = typeof nodeLetters[keyof typeof nodeLetters];

/** Letters of how pods fare, the worst first. */
export const podLetters = {
  crashing: 'x',
  failed: 'f',
  unknown: 'u',
  running: 'n',
  pending: 'p',
  creating: 'c',
  terminating: 't',
  ready: 'r',
  succeeded: 's',
} as const;

export interface FleetView {
  readonly names: readonly string[];
  /** One letter for each node. */
  readonly health: string;
  /** How many pods fare how: `1f28r`, letters in the order of `podLetters`; empty for none. */
  readonly pods: readonly string[];
  /** How many pods a node can take. */
  readonly room: readonly number[];
  /** For each node the index of its zone. */
  readonly zone: readonly number[];
  readonly zones: readonly string[];
  /** All pods that no node has yet. */
  readonly unbound: number;
}
