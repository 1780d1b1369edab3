/** The driver, the pace and the coalescing of the host, on a clock that the test moves. */
import assert from 'node:assert/strict';
import { Coalesced, Settled } from '../../../src/host/vscode/coalesce';
import { Driver, type RealTime, type Run } from '../../../src/host/driver';
import { Pace, type PacedCluster } from '../../../src/host/pace';
import type { RunMode } from '../../../src/protocol/view';

/** Time that passes only when the test says so, or when the work of a slice takes some. */
class FakeTime implements RealTime {
  now = 0;
  private timers: { readonly atMs: number; readonly call: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.now + ms, call };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  get waiting(): number {
    return this.timers.length;
  }

  /** Lets time pass, with all that falls due meanwhile. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.timers.filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.timers = this.timers.filter((each) => each !== next);
      this.now = Math.max(this.now, next.atMs);
      next.call();
    }
    this.now = Math.max(this.now, end);
  }
}

/** A run that notes the slices it gets; `work` is how long it would like to compute in each. */
class FakeRun implements Run {
  state: { mode: RunMode; speed: number; quiet: boolean } = { mode: 'live', speed: 1, quiet: false };
  readonly slices: { readonly atMs: number; readonly realMs: number; readonly usedMs: number }[] = [];
  work = 0;

  constructor(private readonly time: FakeTime) {}

  advance(realMs: number, overdue: () => boolean): void {
    const start = this.time.now;
    for (let done = 0; done < this.work && !overdue(); done += 1) this.time.now += 1;
    this.slices.push({ atMs: start, realMs, usedMs: this.time.now - start });
  }
}

function rig(watched = true): { time: FakeTime; run: FakeRun; driver: Driver; advanced: () => number } {
  const time = new FakeTime();
  let count = 0;
  const driver = new Driver(time, { isWatched: () => watched, advanced: () => { count += 1; }, failed: assert.fail });
  return { time, run: new FakeRun(time), driver, advanced: () => count };
}

describe('the driver', () => {
  it('gives the run all the time that passes, in about thirty slices a second', () => {
    const { time, run, driver, advanced } = rig();
    driver.drive(run);
    time.pass(1_000);
    assert.ok(run.slices.length >= 28 && run.slices.length <= 35, `${run.slices.length} slices`);
    assert.equal(advanced(), run.slices.length);
    const given = run.slices.reduce((sum, { realMs }) => sum + realMs, 0);
    assert.ok(given > 960 && given <= 1_000, `${given} ms`);
  });

  it('never holds the loop longer than a slice, and lets it breathe in between', () => {
    const { time, run, driver } = rig();
    run.work = 1_000;
    driver.drive(run);
    time.pass(500);
    assert.ok(run.slices.every(({ usedMs }) => usedMs <= 8));
    run.slices.slice(1).forEach(({ atMs }, index) => {
      const before = run.slices[index];
      assert.ok(before && atMs - (before.atMs + before.usedMs) >= 4);
    });
  });

  it('slows down while nobody looks, and is quick again when somebody does', () => {
    const { time, run, driver } = rig(false);
    driver.drive(run);
    time.pass(1_000);
    assert.ok(run.slices.length <= 7, `${run.slices.length} slices`);
    const before = run.slices.length;
    driver.wake();
    time.pass(1);
    assert.equal(run.slices.length, before + 1);
  });

  it('has no timer while the run is paused, and none without a run', () => {
    const { time, run, driver } = rig();
    driver.drive(run);
    time.pass(100);
    run.state = { ...run.state, mode: 'paused' };
    driver.wake();
    assert.equal(time.waiting, 0);
    const slices = run.slices.length;
    time.pass(10_000);
    run.state = { ...run.state, mode: 'live' };
    driver.wake();
    time.pass(1);
    assert.equal(run.slices.length, slices + 1);
    assert.equal(run.slices.at(-1)?.realMs, 0, 'what passed while it was paused does not count');
    driver.drive(undefined);
    assert.equal(time.waiting, 0);
  });

  it('stops when a listener pauses the run or puts another in its place', () => {
    const time = new FakeTime();
    const [first, second] = [new FakeRun(time), new FakeRun(time)];
    let switched = false;
    const driver: Driver = new Driver(time, {
      isWatched: () => true,
      advanced: () => {
        if (switched || first.slices.length < 3) return;
        switched = true;
        driver.drive(second);
      },
      failed: assert.fail,
    });
    driver.drive(first);
    time.pass(1_000);
    assert.equal(first.slices.length, 3);
    assert.ok(second.slices.length > 20);
    assert.equal(time.waiting, 1);
  });
});

describe('a run that breaks', () => {
  it('is reported once and left alone', () => {
    const time = new FakeTime();
    const failures: unknown[] = [];
    const driver = new Driver(time,
      { isWatched: () => true, advanced: assert.fail, failed: (error) => failures.push(error) });
    const run = new FakeRun(time);
    run.advance = () => { throw new Error('impossible'); };
    driver.drive(run);
    time.pass(1_000);
    driver.wake();
    time.pass(1_000);
    assert.deepEqual(failures.map(String), ['Error: impossible']);
    assert.equal(time.waiting, 0);
  });
});

describe('coalescing', () => {
  it('does the first at once and the rest together', () => {
    const time = new FakeTime();
    const deeds: number[] = [];
    const coalesced = new Coalesced(time, () => 100, () => deeds.push(time.now));
    for (let ms = 0; ms < 300; ms += 10) {
      coalesced.request();
      time.pass(10);
    }
    time.pass(500);
    assert.deepEqual(deeds, [0, 100, 200, 300]);
  });

  it('does at once what waits when somebody needs it, and nothing else', () => {
    const time = new FakeTime();
    const deeds: number[] = [];
    const coalesced = new Coalesced(time, () => 100, () => deeds.push(time.now));
    coalesced.request();
    coalesced.flush();
    time.pass(10);
    coalesced.request();
    coalesced.flush();
    time.pass(500);
    assert.deepEqual(deeds, [0, 10]);
  });

  it('waits until things have settled', () => {
    const time = new FakeTime();
    const deeds: number[] = [];
    const settled = new Settled(time, 300, () => deeds.push(time.now));
    for (let ms = 0; ms < 500; ms += 100) {
      settled.request();
      time.pass(100);
    }
    time.pass(1_000);
    assert.deepEqual(deeds, [700]);
  });
});

class FakeCluster implements PacedCluster {
  createStep = 'preparingNodes';
  isUp = false;
  nowMs = 0;
  state: { mode: RunMode; speed: number; quiet: boolean } = { mode: 'live', speed: 1, quiet: false };
  readonly control = {
    owner: this as FakeCluster,
    get state() { return this.owner.state; },
    set(mode: RunMode, speed: number) { this.owner.state = { ...this.owner.state, mode, speed }; },
    step() { this.set('paused', this.owner.state.speed); return true; },
    runTo() { this.set('fast', 1); },
  };

  get moves(): string {
    return `${this.state.mode} ${this.state.speed}`;
  }

  bootTo(ms: number, pace: Pace, up = false): void {
    this.nowMs = ms;
    if (up) {
      this.createStep = 'done';
      this.isUp = true;
    }
    pace.afterSlice();
  }
}

describe('the pace of a cluster', () => {
  it('boots quickly and then runs as wanted', () => {
    const cluster = new FakeCluster();
    const pace = new Pace(cluster, 8, { mode: 'live', speed: 1 });
    assert.equal(cluster.moves, 'live 8');
    cluster.bootTo(5_000, pace);
    assert.ok(pace.booting);
    cluster.bootTo(20_000, pace, true);
    assert.equal(cluster.moves, 'live 1');
    assert.ok(!pace.booting);
  });

  it('boots as fast as possible with speed 0, and does not wait for the clock when all work is done', () => {
    const cluster = new FakeCluster();
    const pace = new Pace(cluster, 0, { mode: 'live', speed: 1 });
    assert.equal(cluster.moves, 'fast 1');
    cluster.state = { mode: 'live', speed: 1, quiet: true };
    cluster.bootTo(5_000, pace);
    assert.equal(cluster.moves, 'live 60');
    cluster.bootTo(20_000, pace, true);
    assert.equal(cluster.moves, 'live 1');
  });

  it('goes on booting after a pause, unless its user has chosen a pace', () => {
    const cluster = new FakeCluster();
    const pace = new Pace(cluster, 8, { mode: 'live', speed: 1 });
    pace.pause();
    assert.ok(pace.paused && pace.booting);
    pace.resume();
    assert.equal(cluster.moves, 'live 8');
    pace.choose({ mode: 'hops', speed: 2 });
    pace.step();
    assert.equal(cluster.moves, 'paused 2');
    pace.resume();
    assert.equal(cluster.moves, 'hops 2');
    assert.ok(!pace.booting);
  });

  it('stays paused when the boot ends in a step', () => {
    const cluster = new FakeCluster();
    const pace = new Pace(cluster, 8, { mode: 'live', speed: 1 });
    pace.step();
    cluster.bootTo(20_000, pace, true);
    assert.ok(pace.paused);
  });

  it('runs until quiet or to a breakpoint, whether it boots or not', () => {
    const cluster = new FakeCluster();
    const pace = new Pace(cluster, 8, { mode: 'live', speed: 2 });
    pace.runTo({ verb: 'create' });
    assert.equal(cluster.moves, 'fast 1');
    cluster.bootTo(20_000, pace, true);
    assert.equal(cluster.moves, 'fast 1', 'the end of the boot does not end it');
    pace.pause();
    pace.untilQuiet();
    assert.equal(cluster.moves, 'fast 1');
    pace.resume();
    assert.equal(cluster.moves, 'live 2');
  });

  it('ends the boot of a cluster that will never be ready', () => {
    const cluster = new FakeCluster();
    const pace = new Pace(cluster, 8, { mode: 'live', speed: 1 });
    cluster.bootTo(300_001, pace);
    assert.ok(!pace.booting);
  });
});
