/** Messages with what they mean, for legend, help and exported pictures. */
import type { TokenShape } from '../render/symbols';
import type { TextKey } from './text';

export const tokenExplanations: readonly (readonly [shape: TokenShape, key: TextKey])[] = [
  ['request', 'token.request'], ['response', 'token.response'], ['event', 'token.event'], ['call', 'token.call'],
  ['packet', 'token.packet'], ['failure', 'token.failure'],
];
