/** Plays lessons at once on the virtual clock: what the player in VS Code does, without a screen. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { Action, Lesson } from '../../../src/check/lesson/lesson';
import { perform } from '../../../src/check/lesson/perform';
import { readLesson } from '../../../src/check/lesson/read-lesson';
import { LessonSession } from '../../../src/check/lesson/session';
import type { Cluster } from '../../../src/cluster/cluster';
import { newCluster, root } from '../../support/cluster';

export const lessonFolder = join(root, 'media', 'lessons');
export const lessonFiles = readdirSync(lessonFolder).filter((name) => name.endsWith('.yaml')).sort();
/** Virtual milliseconds that a step's checks may take to hold after everything was done. */
const patience = 120_000;
export const builtIn = kindRegistry(builtInKinds);

/** A lesson that is shipped; throws with everything that is wrong with its file. */
export function shippedLesson(file: string): Lesson {
  const { lesson, problems } = readLesson(readFileSync(join(lessonFolder, file), 'utf8'), builtIn);
  if (!lesson) throw new Error(`${file}: ${problems.map(({ path, code, args }) => `${path} ${code} ${args.join(' ')}`).join('; ')}`);
  return lesson;
}

export class Playing {
  readonly session: LessonSession;
  cluster: Cluster | undefined;

  constructor(lesson: Lesson) {
    this.session = new LessonSession(lesson);
    if (lesson.cluster !== undefined) this.create(lesson.cluster);
    for (const action of lesson.prepare ?? []) this.act(action);
    this.session.enter(0, this.cluster);
  }

  /** Carries out one action and lets the time pass that it needs. */
  act(action: Action): void {
    if (!this.cluster && action.apply !== undefined) return this.create(action.apply);
    if (!this.cluster) throw new Error('the lesson acts before there is a cluster');
    const { cluster } = this;
    const performed = perform(action, this.session.asked(cluster));
    if (!cluster.runUntil(() => performed.done(), performed.limitMs) && !performed.done() && action.until) {
      throw new Error(`it never came to this: ${JSON.stringify(action.until)}`);
    }
  }

  /** Does the step as "show me" does, and waits until its checks hold. */
  showMe(): boolean {
    const { session } = this;
    for (const action of session.step.show ?? []) this.act(action);
    const { cluster } = this;
    for (let waited = 0; !session.isDone(cluster) && waited < patience; waited += 500) cluster?.runFor(500);
    return session.isDone(cluster);
  }

  private create(kindYaml: string): void {
    const cluster = newCluster(kindYaml);
    cluster.runUntil(() => cluster.isUp);
    this.cluster = cluster;
    this.session.clusterReplaced();
  }
}
