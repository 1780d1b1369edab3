/** The streaming subresources of the built-in kinds. */
import type { SubresourceHandler } from '../http/sessions';
import { podLog } from './pod-log';
import { podStreams } from './pod-streams';
import { proxies } from './proxy';

export const streamingSubresources: readonly SubresourceHandler[] = Object.freeze([podLog, ...podStreams, ...proxies]);
