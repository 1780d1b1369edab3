/** kubectl's writing commands. The sessions are in sessions/writing. */
import { describeSessions } from './session';

describeSessions('writing');
