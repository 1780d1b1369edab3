/** kubectl debug in its three forms. The sessions are in sessions/debug. */
import { describeSessions } from './session';

describeSessions('debug');
