/**
 * A fresh cluster of kind with one control plane and two workers, as kubectl shows it: each file of golden/ is a command
 * and what it prints, letter for letter but for ages, times and random names.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { playIn } from './session';
import { Served } from './served';

const folder = join(root, 'test', 'clients', 'golden');
const kindYaml = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n'
  + 'nodes:\n  - role: control-plane\n  - role: worker\n  - role: worker\n';

describe('kubectl: a fresh cluster', () => {
  let served: Served;
  before(async () => {
    served = await Served.start({ kindYaml });
  });
  after(() => served.stop());

  for (const file of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, file), 'utf8');
    it(text.slice(2, text.indexOf('\n')), () => playIn(served, served.kubeconfig, text));
  }
});
