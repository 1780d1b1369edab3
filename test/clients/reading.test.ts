/** kubectl's reading commands. The sessions are in sessions/reading. */
import { describeSessions } from './session';

describeSessions('reading');
