/** Pages of the lesson player as the host sends them: the list, a step before its prediction, and the same step done. */
import type { LessonButton, LessonPage } from '../../src/protocol/lesson';

const button = (action: LessonButton['action'], text: string, enabled = true): LessonButton =>
  ({ action, text, enabled, ...(action === 'next' ? { primary: true } : {}) });

const buttons = (isOpen: boolean, isDone: boolean): readonly LessonButton[] => [
  button('next', 'Next', isDone), button('insertYaml', 'Insert YAML', isOpen), button('runCommands', 'Type into Terminal', isOpen),
  button('highlight', 'Show in Diagram', isOpen), button('hint', 'Hint', isOpen), button('showMe', 'Show Me', isOpen && !isDone),
  button('skip', 'Skip', !isDone), button('back', 'Back'), button('catchUp', 'Catch Up'), button('reset', 'Reset This Lesson'),
  button('close', 'All Lessons'),
];

export const listPage: LessonPage = {
  language: 'en', heading: 'Lessons', answerLabel: 'Answer', status: '', buttons: [],
  text: 'Each lesson plays in a cluster of its own in the sandbox. You predict, do, and see what really happens.\n\n'
    + '- bad.yaml, line 3: steps.0.run: there is no field "run"; there are id, title, text.',
  lessons: [
    { id: 'first-cluster', title: 'L01 A cluster from one file', detail: 'done' },
    { id: 'inside-worker', title: 'L03 Inside a worker', detail: 'step 2 of 4' },
    { id: 'run-to-running', title: 'L06 From `kubectl run` to Running', detail: '15 minutes' },
  ],
};

/** A step whose prediction is still to be made, with questions about earlier lessons. */
export const gatedPage: LessonPage = {
  language: 'en', heading: 'L03 Inside a worker', subheading: 'Step 2 of 4: A pod becomes processes', answerLabel: 'Answer',
  text: '*You know how a pod becomes processes.*\n\nStart a pod with one container. Then look at the process tree again:\n\n'
    + '1. `containerd` and `kubelet` are processes of the machine\n2. below each *shim* there is a `pause` and the **program** proper',
  recall: { heading: 'Do you remember?', questions: [
    { id: 'recall-0', text: 'Who talks to etcd?', options: [
      { id: '0', text: 'All components of the control plane' }, { id: '1', text: 'Only the API server' },
    ], chosen: '0', verdict: 'No: Only the API server.', right: false },
    { id: 'recall-1', text: 'Which component is missing from `kubectl get pods -A` though it runs on every node?', options: [
      { id: '0', text: 'kube-proxy' }, { id: '1', text: 'kubelet' }, { id: '2', text: 'kindnet' },
    ] },
  ] },
  prediction: { heading: 'Predict first', question: {
    id: 'processes', text: 'How many containers does the runtime start for this pod?',
    options: [{ id: '0', text: 'One' }, { id: '1', text: 'Two' }, { id: '2', text: 'More than two' }],
  } },
  buttons: buttons(false, false), status: 'Make your prediction first.',
};

/** The same step with everything that a step may show. */
export const donePage: LessonPage = {
  ...gatedPage,
  prediction: { heading: 'Predict first', question: {
    ...gatedPage.prediction!.question, chosen: '1', verdict: 'Your prediction came true: Two.', right: true,
  } },
  yaml: { heading: 'Write this into web.yaml', text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n'
    + '    - name: web\n      image: nginx\n' },
  commands: { heading: 'In the sandbox terminal', lines: [
    'kubectl run web --image=nginx', 'docker exec -it kind-control-plane mv /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/',
  ] },
  checks: { heading: 'Check', rows: [
    { met: true, text: 'Pod web with status.phase = Running: at least 1.' },
    { met: false, text: 'Expected: Nodes (worker, Ready): exactly 1. Found: kind-worker NotReady' },
  ] },
  hints: { heading: 'Hint', texts: ['`kubectl run` creates a single pod.', '`kubectl run web --image=nginx`'] },
  after: { heading: 'What happened', text: 'First `pause`: it only holds the pod\'s network open. Then the container itself.' },
  buttons: buttons(true, true), status: 'This step is done. Your prediction came true: Two.',
};
