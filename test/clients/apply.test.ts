/** kubectl apply in both modes, and diff. The sessions are in sessions/apply. */
import { describeSessions } from './session';

describeSessions('apply');
