/** The first six lessons in a real VS Code by keyboard alone, as somebody does who cannot use a mouse. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { DiagramReader, Learner, LessonReader } from '../support/learner';
import { openWorkbench } from '../support/workbench';
import type { Workbench } from '../support/workbench';

describe('lessons by keyboard', () => {
  let workbench: Workbench;
  let learner: Learner;
  let lesson: LessonReader;
  let diagram: DiagramReader;
  before(async () => {
    workbench = await openWorkbench({
      workspace: join(root, 'test', 'ui', 'workspace'),
      settings: { 'kindergarten.bootSpeed': 0, 'kindergarten.speed': 20, 'kindergarten.revealOnCreate': 'tree',
        // Drawn as elements, so that what the terminal says can be read.
        'terminal.integrated.gpuAcceleration': 'off' },
    });
    // Lessons write their own.
    rmSync(join(workbench.folder, 'kind.yaml'));
    learner = new Learner(workbench);
    lesson = new LessonReader(workbench, learner);
    diagram = new DiagramReader(workbench, learner);
  });
  after(() => workbench?.close());

  it('L01: a cluster from one file', async () => {
    await lesson.open('first-cluster', false);
    await lesson.step('Describe two nodes');
    await lesson.answer('first-ready', '0');
    await lesson.insertAndApply('kind.yaml');
    await lesson.next(true, 'List the nodes');
    await lesson.runCommand('kubectl get nodes');
    await lesson.next(false, 'One more worker');
    await lesson.answer('old-worker', '0');
    await learner.open('kind.yaml');
    await learner.append('  - role: worker', 6);
    await learner.apply();
    await lesson.next(true, 'a role that does not exist');
    await lesson.answer('master', '2');
    await lesson.insertAndApply('kind-typo.yaml');
    await workbench.page.locator('.notification-toast', { hasText: 'Nothing was applied' }).waitFor();
    await lesson.next(true);
  });

  it('L02: components and roles', async () => {
    await lesson.open('who-is-who');
    await lesson.step('Who belongs where?');
    await lesson.recall();
    await lesson.answer('who-writes', '1');
    await lesson.insertAndApply('note.yaml');
    await lesson.next(true, 'Components with their nodes');
    await diagram.find('kubelet', 'kubelet@kind-control-plane');
    await lesson.focus();
    await lesson.runCommand('kubectl get pods -A -o wide');
    await lesson.next(true, 'delete the scheduler');
    await lesson.answer('mirror-pod', '1');
    await lesson.runCommand('kubectl delete pod -n kube-system kube-scheduler-kind-control-plane');
    await lesson.next(true);
  });

  it('L03: inside a worker', async () => {
    await lesson.open('inside-worker');
    await lesson.step('The process tree');
    await lesson.recall();
    await lesson.runCommand('docker exec -it kind-worker ps fxwwo pid,cmd');
    await learner.reads('/pause');
    await lesson.next(false, 'A pod becomes processes');
    await lesson.answer('processes', '1');
    await lesson.runCommand('kubectl run web --image=nginx');
    await lesson.next(true, 'Two containers, one pod');
    await lesson.answer('addresses', '0');
    await lesson.insertAndApply('pair.yaml');
    await lesson.next(true, 'end the container');
    await lesson.answer('restarter', '1');
    await lesson.runCommand('kubectl exec web -- kill 1');
    await lesson.next(true);
  });

  it('L04: inside the control plane', async () => {
    await lesson.open('inside-control-plane');
    await lesson.step('Files that become pods');
    await lesson.recall();
    await lesson.runCommand('docker exec -it kind-control-plane ls /etc/kubernetes/manifests');
    await learner.reads('kube-scheduler.yaml');
    // Pressed again, the button types the next command.
    await lesson.focus();
    await lesson.runCommand('docker exec -it kind-control-plane ps fxwwo pid,cmd');
    await learner.reads('/pause');
    await lesson.next(false, 'Take the scheduler');
    await lesson.runCommand('docker exec -it kind-control-plane mv');
    await lesson.next(false, 'A new pod without a scheduler');
    await lesson.answer('no-scheduler', '1');
    await lesson.insertAndApply('new.yaml');
    await lesson.next(true, 'Put it back');
    await lesson.runCommand('docker exec -it kind-control-plane mv');
    await lesson.next(false, 'end the API server');
    await lesson.answer('apiserver-down', '1');
    await diagram.whatIf('kube-apiserver', 'kube-apiserver@kind-control-plane', 'the process is killed');
    await lesson.next(true);
  });

  it('L05: the way through the API server', async () => {
    await lesson.open('request-path');
    await lesson.step('A reading request');
    await lesson.recall();
    await lesson.answer('admission-on-read', '1');
    await lesson.runCommand('kubectl get pods --v=8');
    await lesson.next(true, 'A writing request');
    await lesson.runCommand('kubectl run a --image=nginx');
    await lesson.next(false, 'Somebody without rights');
    await lesson.answer('stopped-at', '1');
    await lesson.runCommand('kubectl run b --image=nginx --as=viewer');
    await lesson.next(true, 'Three more refusals');
    await lesson.insertAndApply('quota.yaml');
    await lesson.focus();
    await lesson.runCommand('kubectl run c --image=nginx');
    await learner.reads('exceeded quota: one-pod');
    await learner.type('kubectl create configmap Not_Allowed');
    await lesson.focus();
    await lesson.press('do-showMe');
    await lesson.next(false, 'a webhook that does not answer');
    await lesson.insertAndApply('webhook.yaml');
    await lesson.focus();
    await lesson.runCommand('kubectl create configmap test');
    await lesson.next(false, 'Mend it');
    await lesson.runCommand('kubectl delete validatingwebhookconfiguration nobody-home');
    await learner.reads('"nobody-home" deleted');
    await learner.type('kubectl create configmap test');
    await lesson.next(false);
  });

  it('L06: from kubectl run to Running', async () => {
    await lesson.open('run-to-running');
    await lesson.step('In nine steps');
    await lesson.recall();
    await lesson.answer('running-after-binding', '1');
    await lesson.runCommand('kubectl run web --image=nginx');
    await lesson.done(true);
    await diagram.stepBackAndForth();
    await lesson.next(true, 'What comes first?');
    await lesson.answer('image-or-network', '0');
    await lesson.runCommand('kubectl run second --image=nginx');
    await lesson.next(true, 'a kubelet that hears nothing');
    await lesson.answer('bound-unheard', '1');
    await lesson.press('do-insertYaml');
    await learner.editing('late.yaml');
    await diagram.whatIf('kind-worker', 'node/kind-worker', 'the network to the control plane is cut');
    await learner.open('late.yaml');
    await learner.apply();
    await lesson.next(true, 'Connect them again');
    await diagram.whatIf('kind-worker', 'node/kind-worker', 'the network is healed');
    await lesson.next(false);
  });

  it('keeps that they are done, over a reload too', async () => {
    await workbench.reload();
    await learner.command('Kindergarten: Lessons');
    const list = await workbench.webviewFrame('Lessons');
    await list.locator('button.lesson').first().waitFor({ timeout: 30_000 });
    const rows = await list.locator('button.lesson', { hasText: 'done' }).allInnerTexts();
    assert.deepEqual(rows.map((row) => row.slice(0, 3)), ['L01', 'L02', 'L03', 'L04', 'L05', 'L06']);
  });

  it('has thrown nothing into the window', () => assert.deepEqual(workbench.pageErrors(), []));
});
