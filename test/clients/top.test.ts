/** Servers behind APIServices, and metrics-server among them: `kubectl top`. The session is in sessions/top. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { play } from './session';
import { Served } from './served';

describe('aggregated APIs', () => {
  let served: Served;
  before(async () => {
    served = await Served.start();
    copyFileSync(join(root, 'examples', 'metrics-server.yaml'), join(served.folder, 'metrics-server.yaml'));
  });
  after(() => served.stop());

  it('are served like others while somebody answers for them', () => play(served, 'metrics-server',
    readFileSync(join(root, 'test', 'clients', 'sessions', 'top', 'metrics-server.txt'), 'utf8')));
});
