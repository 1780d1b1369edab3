/** kubectl get -w and events -w: what a user sees while things happen. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { Served } from './served';

/** A client that watches, and the lines that it has printed so far. */
class Watching {
  private text = '';
  private heard: () => void = () => undefined;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (data: Buffer) => {
      this.text += data.toString();
      this.heard();
    });
  }

  /** All that was printed, when a line like that has come. */
  async until(line: RegExp): Promise<readonly string[]> {
    while (!line.test(this.text)) await new Promise<void>((resolve) => { this.heard = resolve; });
    return this.text.trimEnd().split('\n');
  }

  stop(): void {
    this.child.kill();
  }
}

describe('kubectl: watching', () => {
  let served: Served;
  before(async () => {
    served = await Served.start();
    await served.kubectl('create namespace watching');
  });
  after(() => served.stop());

  const watch = (line: string): Watching => new Watching(served.background(['-n', 'watching', ...line.split(' ')]));
  const kubectl = async (line: string): Promise<void> => {
    const { code, stderr } = await served.kubectl(`-n watching ${line}`);
    assert.equal(code, 0, stderr);
  };

  /** The rows of a table without ages, which change, and without repetitions: one write may change no column. */
  const rows = (lines: readonly string[]): readonly string[] => {
    const shown = lines.map((line) => line.split(/ {2,}/).slice(0, -1).join(' '));
    return shown.filter((row, i) => row !== shown[i - 1]);
  };

  it('shows a pod come and go, row by row and with the kinds of events', async () => {
    await kubectl('run first --image=nginx:1.27');
    await kubectl('wait --for=condition=Ready pod/first');
    const plain = watch('get pods -w');
    const kinds = watch('get pods -w --output-watch-events');
    const names = watch('get pods --watch-only -o name');
    const one = watch('get pod first -w --no-headers');
    await Promise.all([plain, kinds, one].map((watching) => watching.until(/first +1\/1/)));
    await kubectl('run second --image=nginx:1.27');
    await kubectl('wait --for=condition=Ready pod/second');
    await kubectl('delete pod second');
    await kubectl('delete pod first');
    const all = [
      'NAME READY STATUS RESTARTS', 'first 1/1 Running 0', 'second 0/1 Pending 0', 'second 0/1 ContainerCreating 0',
      'second 1/1 Running 0', 'second 1/1 Terminating 0', 'second 0/1 Completed 0', 'first 1/1 Terminating 0',
      'first 0/1 Completed 0',
    ];
    assert.deepEqual(rows(await plain.until(/first +0\/1 +Completed/)), all);
    const withKinds = rows(await kinds.until(/DELETED +first/)).filter((row) => !row.startsWith('MODIFIED'));
    assert.deepEqual(withKinds, [
      'EVENT NAME READY STATUS RESTARTS', 'ADDED first 1/1 Running 0', 'ADDED second 0/1 Pending 0',
      'DELETED second 0/1 Completed 0', 'DELETED first 0/1 Completed 0',
    ]);
    const named = await names.until(/pod\/first/);
    assert.deepEqual([...new Set(named)].sort(), ['pod/first', 'pod/second']);
    assert.deepEqual(rows(await one.until(/Completed/)), ['first 1/1 Running 0', 'first 1/1 Terminating 0', 'first 0/1 Completed 0']);
    for (const watching of [plain, kinds, names, one]) watching.stop();
  });

  it('shows a deployment grow, in a form of its own', async () => {
    await kubectl('create deployment web --image=nginx:1.27 --replicas=1');
    await kubectl('rollout status deployment web');
    const form = '{.metadata.name} {.spec.replicas} {.status.availableReplicas}{"\\n"}';
    const watching = new Watching(served.background(['-n', 'watching', 'get', 'deployment', 'web', '-w', '-o', `jsonpath=${form}`]));
    await watching.until(/web 1 1/);
    await kubectl('scale deployment web --replicas=2');
    const lines = await watching.until(/web 2 2/);
    assert.deepEqual([...new Set(lines)], ['web 1 1', 'web 2 1', 'web 2 2']);
    watching.stop();
  });

  it('shows events as they happen', async () => {
    const watching = watch('events -w --types=Normal');
    await kubectl('run third --image=nginx:1.27');
    await watching.until(/Pod\/third +Container started/);
    const { stdout } = await served.kubectl('-n watching events --for pod/third --no-headers');
    const said = stdout.trimEnd().split('\n').map((line) => line.replace(/^\S+ +/, '').replace(/ {2,}/g, ' ')).sort();
    assert.deepEqual(said, [
      'Normal Created Pod/third Container created',
      'Normal Pulled Pod/third Container image "nginx:1.27" already present on machine and can be accessed by the pod',
      'Normal Scheduled Pod/third Successfully assigned watching/third to kind-worker',
      'Normal Started Pod/third Container started',
    ]);
    watching.stop();
  });
});
