/**
 * The first six lessons read in the transcript alone, the diagram hidden, as somebody does with a screen reader: what each
 * step is about stands there in a sentence, before the lesson tells it.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { root } from '../../scripts/paths';
import { DiagramReader, Learner, LessonReader } from '../support/learner';
import { openWorkbench } from '../support/workbench';
import type { Workbench } from '../support/workbench';

interface ReadStep {
  readonly title: string;
  /** The prediction and what comes true. */
  readonly gate?: readonly [question: string, option: string];
  /** What is done to a box from its details; without it "Show Me" does the step. */
  readonly whatIf?: readonly [name: string, box: string, action: string];
  /** What the transcript says in the end, in this order. */
  readonly tells: readonly string[];
  /** Read as a text would tell it, because much happens in the step. */
  readonly folded?: boolean;
  /** What would tell another answer. */
  readonly never?: string;
}

const lessons: Readonly<Record<string, readonly ReadStep[]>> = {
  'first-cluster': [
    { title: 'Describe two nodes', gate: ['first-ready', '0'], tells: [] },
    { title: 'List the nodes', tells: ['kubectl asks the API server for the list of nodes', 'with the list of nodes (200)'] },
    { title: 'One more worker', gate: ['old-worker', '0'], tells: ['kubelet on kind-worker2'], never: 'The kubelet on kind-worker has ended' },
    { title: 'a role that does not exist', gate: ['master', '2'], tells: [] },
  ],
  'who-is-who': [
    { title: 'Who belongs where?', gate: ['who-writes', '1'], tells: [
      'The API server has etcd store /registry/configmaps/default/note', 'configmap note was created (201)',
    ] },
    { title: 'Components with their nodes', gate: ['kubelet', 'kubelet'], tells: ['with the list of pods (200)'] },
    { title: 'delete the scheduler', gate: ['mirror-pod', '1'], tells: [
      'kubelet on kind-control-plane asks the API server to create pod kube-scheduler-kind-control-plane',
      'pod kube-scheduler-kind-control-plane was created (201)',
    ] },
  ],
  'inside-worker': [
    { title: 'The process tree', tells: [] },
    { title: 'A pod becomes processes', gate: ['processes', '1'], tells: [
      'The scheduler chooses kind-worker for pod web', 'to start the container web/web', 'StartContainer is done',
    ] },
    { title: 'Two containers, one pod', gate: ['addresses', '0'], tells: [
      'connect pod pair to the pod network', 'to start the container pair/caller',
    ] },
    { title: 'end the container', gate: ['restarter', '1'], tells: [
      'Pod web has ended with exit code 137', 'kubelet on kind-worker asks containerd on kind-worker to start the container web/web',
    ] },
  ],
  'inside-control-plane': [
    { title: 'Files that become pods', tells: [] },
    { title: 'Take the scheduler', tells: ['The scheduler has ended'] },
    { title: 'A new pod without a scheduler', gate: ['no-scheduler', '1'], tells: ['pod new was created (201)'],
      never: 'The scheduler chooses kind-worker for pod new' },
    { title: 'Put it back', tells: ['The scheduler chooses kind-worker for pod new'] },
    { title: 'end the API server', gate: ['apiserver-down', '1'],
      whatIf: ['kube-apiserver', 'kube-apiserver@kind-control-plane', 'the process is killed'],
      tells: ['The API server has ended with exit code 137', 'loses its connection to the API server'], folded: true, never: 'Pod old has ended' },
  ],
  'request-path': [
    { title: 'A reading request', gate: ['admission-on-read', '1'], tells: [
      'Authentication: the API server knows who asks to list pods', 'Authorization: RBAC allows list pods', 'with the list of pods (200)',
    ] },
    { title: 'A writing request', tells: [
      'Authorization: RBAC allows create pod', 'Mutating admission: ServiceAccount has completed pod', 'Validation: pod is well formed',
      'Validating admission: nothing speaks against pod', 'The API server has etcd store /registry/pods/default/a',
    ] },
    { title: 'Somebody without rights', gate: ['stopped-at', '1'], tells: ['Authorization: nobody allows create pod', '403 Forbidden'] },
    { title: 'Three more refusals', tells: ['exceeded quota: one-pod', '422 Invalid', '401 Unauthorized'] },
    { title: 'a webhook that does not answer', tells: ['failed calling webhook "nobody.example.com"'] },
    { title: 'Mend it', tells: ['configmap test was created (201)'] },
  ],
  'run-to-running': [
    { title: 'In nine steps', gate: ['running-after-binding', '1'], tells: [
      'kubectl asks the API server to create pod', 'The API server has etcd store /registry/pods/default/web',
      'The API server tells the scheduler: pod web was added', 'for pod web', 'The scheduler tells the API server to bind pod web to a node',
      ': pod web was added', 'connect pod web to the pod network', 'for the image docker.io/library/nginx:latest',
      'to start the container web/web', 'reports the status of pod web to the API server',
    ] },
    { title: 'What comes first?', gate: ['image-or-network', '0'], tells: [
      'connect pod second to the pod network', 'to create the container second/second',
    ] },
    { title: 'a kubelet that hears nothing', gate: ['bound-unheard', '1'], tells: [
      'The network between kind-worker and kind-control-plane is cut', 'The scheduler chooses kind-worker for pod late',
    ], never: 'kubelet on kind-worker: pod late was added' },
    { title: 'Connect them again', whatIf: ['kind-worker', 'node/kind-worker', 'the network is healed'], tells: [
      'The network between kind-worker and kind-control-plane works again', 'kubelet on kind-worker: pod late was added',
      'to start the container late/web',
    ] },
  ],
};

describe('lessons by transcript', () => {
  let workbench: Workbench;
  let lesson: LessonReader;
  let diagram: DiagramReader;
  let transcript: FrameLocator | undefined;
  before(async () => {
    workbench = await openWorkbench({
      workspace: join(root, 'test', 'ui', 'workspace'),
      settings: { 'kindergarten.bootSpeed': 0, 'kindergarten.speed': 10, 'kindergarten.revealOnCreate': 'tree' },
    });
    rmSync(join(workbench.folder, 'kind.yaml'));
    const learner = new Learner(workbench);
    lesson = new LessonReader(workbench, learner);
    diagram = new DiagramReader(workbench, learner);
  });
  after(() => workbench?.close());

  /** Waits until the transcript has these sentences in this order; the last of them is waited for. */
  async function reads({ tells, never, folded }: ReadStep): Promise<void> {
    const { page } = workbench;
    transcript ??= await diagram.readAlone();
    if (folded) await diagram.fold('Precise');
    let rows: string[] = [];
    let missing = [...tells];
    for (const startMs = Date.now(); Date.now() - startMs < 15_000;) {
      rows = await transcript.locator('.row .words').allTextContents();
      missing = [...tells];
      for (const row of rows) if (missing[0] !== undefined && row.includes(missing[0])) missing.shift();
      if (missing.length === 0) break;
      await page.waitForTimeout(100);
    }
    assert.deepEqual(missing, [], `not in the transcript of ${rows.length} rows:\n${rows.slice(-40).join('\n')}`);
    if (folded) await diagram.fold('As in the text');
    if (never !== undefined) assert.deepEqual(rows.filter((row) => row.includes(never)), []);
    assert.equal(await transcript.locator('.scroller').isVisible(), false);
  }

  for (const [id, steps] of Object.entries(lessons)) {
    it(id, async () => {
      await lesson.open(id, id !== 'first-cluster');
      for (const [at, step] of steps.entries()) {
        const { title, gate, whatIf } = step;
        await lesson.step(title);
        if (gate) await lesson.answer(...gate);
        if (whatIf) await diagram.whatIf(...whatIf);
        else if (await lesson.canShow()) await lesson.press('do-showMe');
        await lesson.done(gate !== undefined);
        await reads(step);
        await lesson.next(gate !== undefined, steps[at + 1]?.title);
      }
    });
  }

  it('has thrown nothing into the window', () => assert.deepEqual(workbench.pageErrors(), []));
});
