/**
 * Lessons done by hand in the sandbox terminal: every command that a lesson prints is typed as it stands there, every file
 * that it has somebody write is applied, and no command is refused. Most steps are done by that alone.
 */
import assert from 'node:assert/strict';
import type { Action, Lesson, Step } from '../../../src/check/lesson/lesson';
import { perform } from '../../../src/check/lesson/perform';
import { LessonSession } from '../../../src/check/lesson/session';
import { World } from '../shell/line/world';
import { lessonFiles, shippedLesson } from './playing';

const patienceMs = 120_000;
/** What shells and tools say to a line that they do not understand. */
const refused = /not modelled|command not found|unknown (?:command|flag|shorthand)|unrecognized option|Usage:|See '.*--help'/;

/**
 * Steps that need more than their files and commands, and what: something done to a box of the diagram, a request that no
 * command sends, a label that only a shown pod has.
 */
const needsMore: Readonly<Record<string, string>> = {
  'L05 refusals': 'the unknown token is sent by "Show Me", as the text says',
  'L06 cut': 'the link is cut in the diagram',
  'L09 delete': 'which pod of the Deployment is deleted is the learner\'s choice',
  'L10 conflict': 'two writers at the same moment are sent by "Show Me"',
  'L10 compaction': 'ten minutes have to pass',
  'L10 outage': 'etcd is ended in the diagram',
  'L12 mend': 'what to mend is for the learner to find out',
  'L13 block': 'the link is cut in the diagram',
  'L16 unplug': 'the plug is pulled in the diagram',
  'L16 evict': 'five minutes have to pass',
  'L16 partition': 'the link is cut in the diagram',
  'L17 kcm': 'the controller manager is ended in the diagram',
  'L17 apiserver': 'the API server is ended in the diagram',
  'L17 proxy': 'kube-proxy is ended in the diagram',
  'L17 all': 'everything is ended in the diagram',
};

class ByHand {
  readonly world: World;
  readonly session: LessonSession;
  /** Lines that were refused, with what was printed. */
  readonly refusals: string[] = [];

  constructor(lesson: Lesson) {
    const files = lesson.steps.flatMap(({ yaml }) => (yaml ? [[yaml.file, yaml.text] as const] : []));
    this.world = new World({ ...Object.fromEntries(files), ...first(files), 'cluster.yaml': lesson.cluster ?? '' });
    this.session = new LessonSession(lesson);
    if (lesson.cluster !== undefined) this.world.boot('kind create cluster --config cluster.yaml');
    for (const action of lesson.prepare ?? []) this.act(action);
  }

  /** Does a step as its text says; whether that was enough. */
  do(at: number): boolean {
    const { world, session } = this;
    session.enter(at, world.sandbox.active);
    const { step } = session;
    if (step.predict) session.predict(0);
    // Some commands clear the way for the file, others need what is in it.
    const clearsTheWay = step.commands?.[0]?.startsWith('kubectl delete') ?? false;
    if (step.yaml && world.sandbox.active && !clearsTheWay) this.apply(step.yaml);
    let screen = '';
    for (const command of step.commands ?? []) {
      // What stands in capitals is to be put in, from what the command before has printed.
      const name = screen.trimEnd().split('\n').at(-1)?.split(' ')[0] ?? '';
      screen = this.type(command.replace(' POD ', ` ${name} `));
      if (refused.test(screen)) this.refusals.push(`${command}: ${screen}`);
      if (command.startsWith('kind ')) world.runUntil(() => world.cluster.isUp);
    }
    if (step.yaml && clearsTheWay) this.apply(step.yaml);
    const { cluster } = world;
    for (let waited = 0; waited < patienceMs && !session.isDone(cluster); waited += 500) cluster.runFor(500);
    return session.isDone(cluster);
  }

  /** Does a step as "Show Me" does it. */
  show({ show = [] }: Step): void {
    for (const action of show) this.act(action);
    const { session, world: { cluster } } = this;
    for (let waited = 0; waited < patienceMs && !session.isDone(cluster); waited += 500) cluster.runFor(500);
  }

  /** Types a line; one that goes on and on is ended with Ctrl+C. */
  private type(line: string): string {
    const { world } = this;
    world.begin(line);
    if (!world.sandbox.active) world.runUntil(() => world.finished, line);
    const end = world.cluster.nowMs + patienceMs;
    world.runUntil(() => world.finished || world.cluster.nowMs >= end, line);
    if (!world.finished) world.session.interrupt();
    world.runUntil(() => world.finished, `the end of ${line}`);
    return world.screen;
  }

  private apply({ file, text }: NonNullable<Step['yaml']>): void {
    if (/^kind: Cluster$/m.test(text)) return this.act({ apply: text });
    const screen = this.world.type(`kubectl apply -f ${file}`);
    if (refused.test(screen)) this.refusals.push(`kubectl apply -f ${file}: ${screen}`);
  }

  private act(action: Action): void {
    const { cluster } = this.world;
    const performed = perform(action, this.session.asked(cluster));
    cluster.runUntil(() => performed.done(), performed.limitMs);
  }
}

/** Of a file that several steps write, what the first of them writes. */
function first(files: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...files].reverse());
}

describe('the commands of the lessons', function () {
  this.timeout(120_000);
  const lessons = lessonFiles.map((file) => shippedLesson(file)).filter(({ steps }) => steps.some(({ commands }) => commands));
  for (const lesson of lessons) {
    it(`${lesson.number} can be typed as they are printed`, () => {
      const hand = new ByHand(lesson);
      const undone: string[] = [];
      lesson.steps.forEach((step, at) => {
        if (hand.do(at)) return;
        undone.push(`${lesson.number} ${step.id}`);
        hand.show(step);
      });
      assert.deepEqual(hand.refusals, []);
      const expected = Object.keys(needsMore).filter((step) => step.startsWith(lesson.number));
      assert.deepEqual(undone, expected);
    });
  }
});
