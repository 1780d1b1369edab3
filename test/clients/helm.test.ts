/** helm v4. The sessions are in sessions/helm; each works on the chart that `helm create` makes. */
import assert from 'node:assert/strict';
import { describeSessions } from './session';
import { Served } from './served';

describeSessions('helm');

describe('helm', () => {
  let served: Served;
  before(async () => {
    served = await Served.start();
    await served.helm('create chart');
  });
  after(() => served.stop());

  it('installs its default chart within a second', async () => {
    const tookMs: number[] = [];
    // Whatever else goes on on this machine, one of three has its second for itself.
    for (const name of ['one', 'two', 'three']) {
      const startMs = performance.now();
      const { code, stderr } = await served.helm(`install ${name} chart`);
      tookMs.push(performance.now() - startMs);
      assert.equal(code, 0, stderr);
    }
    assert.ok(Math.min(...tookMs) < 1_000, `they took ${tookMs.join(', ')} ms`);
  });
});
