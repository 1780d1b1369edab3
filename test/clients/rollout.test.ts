/** kubectl rollout in all its verbs. The sessions are in sessions/rollout. */
import { describeSessions } from './session';

describeSessions('rollout');
