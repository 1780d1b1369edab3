import assert from 'node:assert/strict';
import { AssertionFailure } from '../../../src/base/assert';
import type { ProcessHost } from '../../../src/sim/process';
import { ask, echo, line, program, spawn, twoMachines } from './parties';

const idle = program(() => undefined);
/** Listens, but never answers. */
const silent = program((host) => void host.listen(80), () => undefined);

describe('sim: processes', () => {
  it('starts each process once and lists them in order', () => {
    const sim = twoMachines();
    spawn(sim, 'p', 'b', idle);
    spawn(sim, 'p', 'a', idle);
    assert.deepEqual(sim.runningIds(), ['p@b', 'p@a']);
    assert.throws(() => spawn(sim, 'p', 'a', idle), AssertionFailure);
    assert.throws(() => spawn(sim, 'p', 'elsewhere', idle), AssertionFailure);
  });

  it('tells the starter how a process ended', () => {
    const sim = twoMachines();
    const codes: string[] = [];
    const start = (id: string, of = idle): void =>
      sim.spawn({ id, machine: 'a', program: of, onExit: (code) => codes.push(`${id} ${code}`) });
    start('killed');
    start('terminated');
    let host: ProcessHost | undefined;
    start('graceful', {
      start: (given) => void (host = given),
      terminate: () => void host?.after(3, () => host?.exit(0)),
    });
    sim.kill('killed');
    sim.terminate('terminated');
    sim.terminate('graceful');
    sim.kill('nobody');
    assert.deepEqual(codes, ['killed 137', 'terminated 143']);
    assert.ok(host?.alive);
    sim.runUntil(5);
    assert.deepEqual(codes.at(-1), 'graceful 0');
    assert.equal(host?.alive, false);
    assert.deepEqual(sim.runningIds(), []);
  });

  it('stops the timers, closes the sockets and resets the calls of a process that ends', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    const server = spawn(sim, 'server', 'b', silent);
    server.after(10, () => assert.fail('the timer of a dead process'));
    const client = spawn(sim, 'client', 'a', idle);
    ask(client, 'b:80', 'get', heard);
    client.after(5, () => sim.kill('server@b'));
    client.after(8, () => ask(client, 'b:80', 'again', heard));
    sim.runUntilQuiet(100_000);
    assert.deepEqual(heard, ['6 reset', '9 refused']);
    assert.equal(sim.nowMs, 9);
  });

  it('lets a new process of the same name serve, and none of the old calls reach it', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    spawn(sim, 'server', 'b', silent);
    const client = spawn(sim, 'client', 'a', idle);
    ask(client, 'b:80', 'old', heard);
    sim.runUntil(1);
    sim.kill('server@b');
    spawn(sim, 'server', 'b', echo());
    ask(client, 'b:80', 'new', heard);
    sim.runUntilQuiet(10);
    assert.deepEqual(heard, ['2 reset', '3 answer new']);
  });
});

describe('sim: calls', () => {
  const failures: [string, string, number | undefined, string][] = [
    ['nobody listens on the port', 'b:81', undefined, '1 refused'],
    ['nobody listens on the own machine', '127.0.0.1:81', undefined, '0 refused'],
    ['there is no such machine', '10.9.9.9:80', undefined, '45000 unreachable'],
    ['there is no such machine and a timeout', '10.9.9.9:80', 3_000, '3000 timeout'],
    ['the server does not answer in time', 'b:80', 500, '500 timeout'],
  ];
  for (const [name, to, timeoutMs, expected] of failures) {
    it(`fails when ${name}`, () => {
      const sim = twoMachines();
      spawn(sim, 'server', 'b', silent);
      const heard: string[] = [];
      ask(spawn(sim, 'client', 'a', idle), to, 'get', heard, timeoutMs);
      sim.runUntilQuiet(100_000);
      assert.deepEqual(heard, [expected]);
      assert.equal(sim.trace.at(sim.trace.length - 1)?.kind, 'failure');
    });
  }

  it('feeds a stream until it is answered, and drops what comes later', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    const server = spawn(sim, 'server', 'b', program((host) => void host.listen(80), (call) => {
      call.event('one', { verb: 'watch' });
      server.after(5, () => {
        call.event('two', { verb: 'watch' });
        call.reply('end', { verb: 'watch' });
        call.event('late', { verb: 'watch' });
      });
    }));
    ask(spawn(sim, 'client', 'a', idle), 'b:80', 'watch', heard);
    sim.runUntilQuiet(100);
    assert.deepEqual(heard, ['2 event one', '7 event two', '7 answer end']);
  });

  it('lets the caller hang up; the server learns of it in an event of its own', () => {
    const sim = twoMachines();
    const seen: string[] = [];
    spawn(sim, 'server', 'b', program((host) => void host.listen(80), (call) => {
      call.onClose(() => seen.push(`${sim.nowMs} closed`));
    }));
    const client = spawn(sim, 'client', 'a', idle);
    const subject = { verb: 'watch' };
    const stream = client.call({ to: 'b:80', channel: 'http', subject, payload: 0 }, {
      onResult: () => assert.fail('a caller that hung up hears nothing'),
    });
    client.after(5, () => {
      stream.cancel();
      stream.cancel();
      seen.push(`${sim.nowMs} hung up`);
    });
    sim.runUntilQuiet(100);
    assert.deepEqual(seen, ['5 hung up', '6 closed']);
  });
});

describe('sim: faults', () => {
  it('holds messages on a cut link and delivers them in order when it heals', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    const server = spawn(sim, 'server', 'b', program((host) => void host.listen(80), (call) => {
      for (const at of [10, 20, 30]) server.after(at, () => call.event(at, { verb: 'watch' }));
    }));
    const client = spawn(sim, 'client', 'a', idle);
    ask(client, 'b:80', 'watch', heard);
    sim.runUntil(15);
    sim.cutLink('a', 'b');
    ask(client, 'b:80', 'second', heard);
    sim.runUntil(25);
    assert.deepEqual(heard, ['12 event 10']);
    sim.healLink('b', 'a');
    sim.runUntilQuiet(1_000);
    assert.deepEqual(heard.slice(1), ['26 event 20', '32 event 30', '37 event 10', '47 event 20', '57 event 30']);
    assert.ok(sim.nowMs < 100, 'the healed connection leaves no deadline behind');
  });

  it('gives up a connection over a link that stays cut, at both ends', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    const seen: number[] = [];
    spawn(sim, 'server', 'b', program((host) => void host.listen(80), (call) => {
      call.onClose(() => seen.push(sim.nowMs));
    }));
    ask(spawn(sim, 'client', 'a', idle), 'b:80', 'watch', heard);
    sim.runUntil(10);
    sim.cutLink('a', 'b');
    sim.runUntil(30_000);
    sim.healLink('a', 'b');
    sim.cutLink('a', 'b');
    sim.runUntilQuiet(100_000);
    assert.deepEqual(heard, ['75000 timeout']);
    assert.deepEqual(seen, [75_001]);
  });

  it('does not touch what happens on one machine', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    spawn(sim, 'server', 'a', echo());
    sim.cutLink('a', 'b');
    ask(spawn(sim, 'client', 'a', idle), '10.0.0.1:80', 'get', heard);
    sim.runUntilQuiet(10);
    assert.deepEqual(heard, ['0 answer get']);
  });

  it('switches a machine off without a word', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    spawn(sim, 'server', 'b', silent);
    const client = spawn(sim, 'client', 'a', idle);
    ask(client, 'b:80', 'before', heard);
    sim.runUntil(5);
    ask(client, 'b:80', 'on the way', heard);
    sim.powerOff('b');
    sim.runUntil(6);
    ask(client, 'b:80', 'after', heard);
    sim.runUntilQuiet(100_000);
    assert.deepEqual(heard, ['45005 timeout', '45005 timeout', '45006 unreachable']);
    assert.deepEqual(sim.runningIds(), ['client@a']);
    assert.ok(sim.trace.slice(0).map(line).includes('4<3 5ms stopped server@b stop'));
  });
});

describe('sim: network', () => {
  it('leads service addresses to their backend by the own machine\'s rules', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    spawn(sim, 'server', 'b', echo());
    const client = spawn(sim, 'client', 'a', idle);
    const machine = sim.network.machine('a');
    assert.ok(machine);
    const backends = { '10.96.0.1': { ip: '10.0.0.2', port: 80 }, '10.96.0.2': 'reject' } as const;
    machine.translation = { translate: (ip) => backends[ip as keyof typeof backends] };
    ask(client, '10.96.0.1:443', 'get', heard);
    ask(client, '10.96.0.2:443', 'get', heard);
    sim.runUntilQuiet(10);
    assert.deepEqual(heard, ['0 refused', '2 answer get']);
  });

  it('gives a pod an address and a loopback of its own', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    const pod = (id: string, of = echo()): void => sim.spawn({ id, machine: 'b', address: '10.244.1.5', program: of });
    sim.network.addAddress('10.244.1.5', 'b');
    pod('web');
    pod('sidecar', program((host) => ask(host, '127.0.0.1:80', 'loopback', heard)));
    const client = spawn(sim, 'client', 'a', idle);
    ask(client, '10.244.1.5:80', 'pod', heard);
    ask(client, '10.0.0.2:80', 'node', heard);
    sim.runUntilQuiet(10);
    assert.deepEqual(heard, ['0 answer loopback', '1 refused', '2 answer pod']);
    sim.network.removeAddress('10.244.1.5');
    ask(client, '10.244.1.5:80', 'gone', heard, 1_000);
    sim.runUntilQuiet(10_000);
    assert.equal(heard.at(-1), '1002 timeout');
  });

  it('reaches Unix sockets of the own machine only', () => {
    const sim = twoMachines();
    const heard: string[] = [];
    const socket = 'unix:///run/containerd/containerd.sock';
    const server = program((host) => void host.listen(socket), (call) => call.reply('cri', call.subject));
    spawn(sim, 'containerd', 'a', server);
    ask(spawn(sim, 'kubelet', 'a', idle), socket, 'Version', heard);
    ask(spawn(sim, 'kubelet', 'b', idle), socket, 'Version', heard);
    sim.runUntilQuiet(10);
    assert.deepEqual(heard.sort(), ['0 answer cri', '0 refused']);
  });
});
