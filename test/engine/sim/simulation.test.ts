import assert from 'node:assert/strict';
import type { ProcessHost } from '../../../src/sim/process';
import type { Simulation } from '../../../src/sim/simulation';
import { ask, echo, line, program, spawn, twoMachines } from './parties';

const idle = program(() => undefined);

describe('sim: order and time', () => {
  it('handles events by time, then in the order of scheduling', () => {
    const sim = twoMachines();
    const host = spawn(sim, 'p', 'a', idle);
    const seen: string[] = [];
    for (const [delay, name] of [[5, 'e'], [0, 'a'], [2, 'b'], [2, 'c'], [2.4, 'd']] as const) {
      host.after(delay, () => seen.push(`${host.nowMs}${name}`));
    }
    assert.equal(sim.nextEventMs, 0);
    sim.runUntil(4);
    assert.deepEqual(seen, ['0a', '2b', '2c', '2d']);
    assert.equal(sim.nowMs, 4);
    assert.ok(sim.runUntil(10));
    assert.deepEqual(seen.at(-1), '5e');
    assert.equal(sim.nowMs, 10);
  });

  it('stops a slice after so many events and says that it is not done', () => {
    const sim = twoMachines();
    const host = spawn(sim, 'p', 'a', idle);
    for (let i = 0; i < 3; i += 1) host.after(1, () => undefined);
    assert.equal(sim.runUntil(1, 2), false);
    assert.equal(sim.runUntil(1, 2), true);
  });

  it('is quiet when only background work waits', () => {
    const sim = twoMachines();
    const host = spawn(sim, 'p', 'a', idle);
    let beats = 0;
    const beat = (): void => void host.after(10, () => { beats += 1; beat(); }, { background: true });
    beat();
    assert.ok(sim.quiet);
    host.after(35, () => undefined);
    assert.equal(sim.quiet, false);
    assert.ok(sim.runUntilQuiet(1_000));
    assert.deepEqual([sim.nowMs, beats], [35, 3]);
    assert.equal(sim.runUntilTrue(() => beats === 5, 1_000), true);
    assert.equal(sim.runUntilTrue(() => beats === 9, 20), false);
  });

  it('is quiet as soon as a call with a timeout was answered', () => {
    const sim = twoMachines();
    spawn(sim, 'server', 'b', echo());
    const heard: string[] = [];
    ask(spawn(sim, 'client', 'a', idle), '10.0.0.2:80', 'get', heard, 30_000);
    sim.runUntilQuiet(60_000);
    assert.deepEqual(heard, ['2 answer get']);
    assert.equal(sim.nowMs, 2);
  });

  it('cancels a timer once, and does not mind a second time', () => {
    const sim = twoMachines();
    const host = spawn(sim, 'p', 'a', idle);
    const timer = host.after(1, () => assert.fail('cancelled'));
    timer.cancel();
    timer.cancel();
    assert.ok(sim.quiet);
    sim.runUntil(5);
  });
});

describe('sim: hops', () => {
  it('sends only after the handler has returned, and in order', () => {
    const sim = twoMachines();
    const seen: string[] = [];
    spawn(sim, 'server', 'a', program((host) => void host.listen(80), (call) => {
      seen.push(`serves ${call.subject.verb}`);
      call.reply(undefined, call.subject);
      seen.push('replied');
    }));
    spawn(sim, 'client', 'a', program((host) => {
      ask(host, '127.0.0.1:80', 'one', []);
      ask(host, '127.0.0.1:80', 'two', []);
      seen.push('asked both');
    }));
    sim.runUntilQuiet(10);
    assert.deepEqual(seen, ['asked both', 'serves one', 'replied', 'serves two', 'replied']);
  });

  it('gives every hop its cause', () => {
    const sim = twoMachines();
    spawn(sim, 'server', 'b', echo());
    const proxy = program((host) => void host.listen(90), (call) => {
      host.after(5, () => {
        host.call({ to: 'b:80', channel: 'http', subject: { verb: 'inner' }, payload: 1 }, {
          onResult: () => call.reply(undefined, { verb: 'outer' }),
        });
      });
    });
    const host = spawn(sim, 'proxy', 'a', proxy);
    const client = spawn(sim, 'client', 'a', idle);
    sim.input('user', 'apply', () => ask(client, 'a:90', 'outer', []));
    sim.runUntilQuiet(100);
    const chain = sim.trace.causesOf(sim.trace.length - 1).map(line);
    assert.deepEqual(chain, [
      '3<-1 0ms input user apply',
      '4<3 0ms request client@a -> proxy@a outer',
      '5<4 6ms request proxy@a -> server@b inner',
      '6<5 7ms response server@b -> proxy@a inner',
      '7<6 7ms response proxy@a -> client@a outer',
    ]);
  });

  it('gives what was asked from outside the run no cause', () => {
    const sim = twoMachines();
    const host = spawn(sim, 'p', 'a', idle);
    host.after(1, () => host.record({ kind: 'input', subject: { verb: 'work' } }), { background: true });
    sim.runUntil(1);
    sim.cutLink('a', 'b');
    sim.kill('p@a');
    sim.spawn({ id: 'q@a', machine: 'a', program: idle });
    const roots = sim.trace.slice(2).map(line);
    assert.deepEqual(roots, [
      '2<-1 1ms fault a -> b cut', '3<-1 1ms stopped p@a stop', '4<-1 1ms started q@a start',
    ]);
  });

  it('lets background work cause background work, unless it is told to be foreground', () => {
    const sim = twoMachines();
    spawn(sim, 'server', 'a', echo());
    const host = spawn(sim, 'client', 'a', idle);
    host.after(1, () => {
      ask(host, 'a:80', 'renew', []);
      host.foreground(() => ask(host, 'a:80', 'change', []));
    }, { background: true });
    sim.runUntil(2);
    assert.deepEqual(sim.trace.slice(2).map(line), [
      '2<-1 1ms request client@a -> server@a renew~',
      '3<-1 1ms request client@a -> server@a change',
      '4<2 1ms response server@a -> client@a renew~',
      '5<3 1ms response server@a -> client@a change',
    ]);
  });

  it('runs one foreground hop at a time', () => {
    const sim = twoMachines();
    spawn(sim, 'server', 'b', echo());
    const host = spawn(sim, 'client', 'a', idle);
    host.after(1, () => ask(host, 'b:80', 'renew', []), { background: true });
    host.after(2, () => ask(host, 'b:80', 'get', []));
    const before = sim.trace.length;
    assert.ok(sim.runOneHop(100));
    assert.deepEqual(sim.trace.slice(before).filter((hop) => !hop.background).map(line), [
      '3<-1 3ms request client@a -> server@b get',
    ]);
    assert.ok(sim.runOneHop(100));
    assert.equal(sim.runOneHop(100), false);
  });

  it('tells listeners of hops until they stop, and stopping twice harms nobody', () => {
    const sim = twoMachines();
    const seen: string[] = [];
    const stop = sim.trace.onHop(() => seen.push('first'));
    sim.trace.onHop(() => seen.push('second'));
    sim.cutLink('a', 'b');
    stop();
    stop();
    sim.healLink('a', 'b');
    assert.deepEqual(seen, ['first', 'second', 'second']);
  });
});

describe('sim: determinism', () => {
  /** Clients on both machines that call at random times; `extra` changes one input. */
  function run(seed: number, extra = false): Simulation {
    const sim = twoMachines(seed);
    for (const machine of ['a', 'b']) {
      spawn(sim, 'server', machine, echo());
      const again = (host: ProcessHost, left: number): void => {
        if (left === 0) return;
        host.after(host.random('wait').below(20), () => {
          ask(host, host.random('target').below(2) === 0 ? 'a:80' : 'b:80', 'get', []);
          again(host, left - 1);
        });
      };
      spawn(sim, 'client', machine, program((host) => again(host, 30)));
    }
    if (extra) sim.input('user', 'apply', () => undefined);
    sim.runUntilQuiet(10_000);
    return sim;
  }

  it('has the same digest with the same seed and inputs, and another otherwise', () => {
    const first = run(42);
    assert.equal(run(42).trace.digest(), first.trace.digest());
    assert.equal(run(42).eventsProcessed, first.eventsProcessed);
    assert.notEqual(run(43).trace.digest(), first.trace.digest());
    assert.notEqual(run(42, true).trace.digest(), first.trace.digest());
  });
});
