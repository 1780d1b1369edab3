/** What a hostile or broken script must not do: hang the simulation, fill its memory or its stack. */
import assert from 'node:assert/strict';
import { newSimulation, sh, TestContainer } from './container';

const mebibyte = 1024 * 1024;

describe('limits of programs in containers', () => {
  it('endless loops and endless output move the clock, ever faster', () => {
    for (const script of ['while true; do :; done', 'while true; do echo x; done', 'yes', 'yes > /tmp/y',
      'cat /dev/zero > /dev/null', 'f() { f & }; f; while :; do f; done']) {
      const sim = newSimulation();
      const container = new TestContainer(sim, ['sh', '-c', script]);
      assert.equal(sim.runUntil(600_000, 100_000), true, script);
      assert.equal(container.running, true, script);
    }
  });

  it('an endless loop in a main container lets the cluster come to rest', () => {
    const sim = newSimulation();
    new TestContainer(sim, ['sh', '-c', 'while true; do :; done']);
    assert.equal(sim.runUntilQuiet(3_600_000), true);
  });

  it('counting to a hundred thousand ends', () => {
    const container = sh('i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo $i');
    assert.deepEqual(container.out, ['100000']);
    assert.ok(container.tookMs < 60_000);
  });

  it('reads a script of a megabyte', () => {
    const container = sh('x=1; : a b c d e\n'.repeat(60_000) + 'echo end');
    assert.deepEqual([container.out, container.exitCode], [['end'], 0]);
  });

  it('a thousand nested subshells run; deeper nesting is refused, not a stack overflow', () => {
    for (const [open, close] of [['(', ')'], ['( ', ' )'], ['{ ', ';}'], ['if true; then ', '; fi'],
      ['while true; do ', '; break; done'], ['case a in a) ', ';; esac']] as const) {
      const container = sh(open.repeat(1_000) + 'echo deep' + close.repeat(1_000));
      assert.deepEqual([container.exitCode, container.log], [0, ['deep']], open);
    }
    assert.deepEqual(sh(`echo ${'$(echo '.repeat(300)}deep${')'.repeat(300)}`).log, ['deep']);
    for (const open of ['(', '{ ', '$(', '"$(', '${x:-', '"${x:-', '$((1+', 'if ', 'while ', 'f() ', 'case x in x) ',
      '! ', '[[ ( ', '<<E $(']) {
      const container = sh(open.repeat(50_000));
      assert.equal(container.exitCode, 2, open);
      assert.equal(container.log.length, 1, open);
      assert.match(container.log[0] as string, /^sh: syntax error: /, open);
    }
  });

  it('recursion, doubling and fork bombs end with the shell\'s own words', () => {
    assert.deepEqual(sh('f() { f; }; f').log, ['sh: f: maximum function nesting level exceeded (1000)']);
    assert.deepEqual(sh('x=aaaaaaaaaa; while true; do x=$x$x; done').log, ['sh: out of memory']);
    assert.equal(sh('f() { f | f & }; f; sleep 5', { limitMs: 10_000 }).exitCode, 0);
    assert.match(sh('i=0; while [ $i -lt 2000 ]; do sleep 100 & i=$((i+1)); done').log[0] as string,
      /can't fork: Resource temporarily unavailable/);
  });

  it('what uses more memory than its limit is killed', () => {
    const greedy = sh('echo start; tail /dev/zero', { memoryLimit: 100 * mebibyte });
    assert.deepEqual([greedy.exitCode, greedy.oomKilled, greedy.out], [137, true, ['start']]);
    const stress = new TestContainer(newSimulation(), ['stress', '--vm', '1', '--vm-bytes', '250M', '--vm-hang', '1'],
      { image: 'polinux/stress', memoryLimit: 100 * mebibyte }).finish();
    assert.deepEqual([stress.exitCode, stress.oomKilled], [137, true]);
    const fits = new TestContainer(newSimulation(), ['stress', '--vm', '1', '--vm-bytes', '50M', '--timeout', '10s'],
      { image: 'polinux/stress', memoryLimit: 100 * mebibyte }).finish();
    assert.deepEqual([fits.exitCode, fits.tookMs], [0, 10_000]);
  });

  it('the disk takes files up to its limit', () => {
    const container = sh('dd if=/dev/zero of=/tmp/big bs=1M count=1000');
    assert.deepEqual([container.exitCode, container.log],
      [1, ["dd: error writing '/tmp/big': No space left on device"]]);
  });

  it('garbage of every kind is refused or run, and never throws', () => {
    const pieces = ['(', ')', '{', '}', '$', '"', "'", '`', '\\', '<<', '>', '|', '&', ';', '[[', ']]', '$((', '))',
      '${', 'if', 'then', 'fi', 'do', 'x=', '*', '#', '!', '\n', ' ', 'a', '~', '%', '/', '[', ']', 'in', 'case',
      'esac', 'for'];
    const random = newSimulation().random.stream('garbage');
    for (let round = 0; round < 3_000; round += 1) {
      let script = '';
      for (let length = random.below(24); length > 0; length -= 1) script += pieces[random.below(pieces.length)];
      assert.doesNotThrow(() => sh(script, { limitMs: 100,
        ...(round % 3 === 0 ? { image: 'debian', shell: 'bash' } : {}) }), JSON.stringify(script));
    }
  });
});
