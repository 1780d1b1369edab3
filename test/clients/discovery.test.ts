/** What kubectl asks of the API itself: its groups and resources, versions, health. The sessions are in sessions/discovery. */
import { describeSessions } from './session';

describeSessions('discovery');
