/** The shell as containers use it: a table of scripts with their output, exit code and virtual time. */
import assert from 'node:assert/strict';
import { newSimulation, type Setup, sh, TestContainer } from './container';

type Row = readonly [script: string, output: string,
  more?: { code?: number; ms?: number } & Setup & { shell?: string }];

const debian = { image: 'debian' } as const;
const bash = { image: 'debian', shell: 'bash' } as const;

const rows: Readonly<Record<string, readonly Row[]>> = {
  'commands and lists': [
    ['echo hello; echo "a b"  c', 'hello|a b c'],
    ['true && echo yes || echo no', 'yes'],
    ['false || echo or; ! false; echo $?', 'or|0'],
    ['(exit 3); echo $?; { false; }; echo $?', '3|1'],
    ['exit 300', '', { code: 44 }],
    ['', ''],
    ['# only a comment', ''],
  ],
  'words': [
    ['x=3; echo $x ${x} "${x}y" \'$x\' \\$x', '3 3 3y $x $x'],
    ['echo ${a:-def} ${a-def} ${x:+set}; a=; echo "[${a-def}]" ${a:=new} $a', 'def def|[] new new'],
    ['f=/etc/conf.d/a.tar.gz; echo ${f##*/} ${f%.gz} ${f%%.*} ${f#/etc} ${#f}',
      'a.tar.gz /etc/conf.d/a.tar /etc/conf /conf.d/a.tar.gz 20'],
    ['echo $((2+3*4)) $((7/2)) $((1<<4)) $((5>3)) $((2**10)); i=5; echo $((i+=2)) $((i++)) $i', '14 3 16 1 1024|7 7 8'],
    ['a=$(echo hi; exit 4); echo $? $a; echo `echo b \\`echo c\\``', '4 hi|b c'],
    ['v="a  b"; echo $v; echo "$v"; set -- $v; echo $# $2', 'a b|a  b|2 b'],
    ['set -- "a b" c; for x in "$@"; do echo "<$x>"; done; echo "$*"; shift; echo $1 $#', '<a b>|<c>|a b c|c 1'],
    ['IFS=,; v=a,b,,c; for x in $v; do echo "[$x]"; done', '[a]|[b]|[]|[c]'],
    ['touch /tmp/b1 /tmp/b2; echo /tmp/b* /tmp/q*; echo "/tmp/b*"', '/tmp/b1 /tmp/b2 /tmp/q*|/tmp/b*'],
    ['echo a{b,c}d {1..3}', 'abd acd 1 2 3', bash],
    ['x=hello; echo ${x/l/L} ${x//l/L} ${x:1:3} ${x^^}', 'heLlo heLLo ell HELLO', bash],
    ['cat <<E\nx=$((1+1)) $(echo s)\nE\ncat <<"E"\n$x\nE', 'x=2 s|$x'],
    ['cat <<-E\n\tindented\n\tE\necho after', 'indented|after'],
  ],
  'control flow': [
    ['if [ 1 = 2 ]; then echo a; elif test -n x; then echo b; else echo c; fi', 'b'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done', '1|3'],
    ['until false; do echo once; break; done', 'once'],
    ['for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done', '1a|2a'],
    ['case abc in x|a?c) echo m;; *) echo n;; esac; case "*" in \\*) echo star;; esac', 'm|star'],
    ['f() { local v=in; echo "$1 $v"; return 3; }; v=out; f a; echo $? $v', 'a in|3 out'],
    ['fact() { [ $1 -le 1 ] && echo 1 || echo $(( $1 * $(fact $(($1-1))) )); }; fact 10', '3628800'],
    ['[[ web-12 =~ -([0-9]+)$ ]] && echo ${BASH_REMATCH[1]}; [[ abc == a* && ! 3 -lt 2 ]] && echo m', '12|m', bash],
    ['for ((i=0;i<3;i++)); do echo $i; done; ((i==3)) && echo three', '0|1|2|three', bash],
    ['eval "x=5; echo \\$x"; echo "echo sourced $x" > /tmp/s; . /tmp/s', '5|sourced 5'],
  ],
  'options and traps': [
    ['set -e; false; echo no', '', { code: 1 }],
    ['set -e; if false; then :; fi; false || true; echo yes', 'yes'],
    ['set -eu; echo $undefined; echo no', 'sh: undefined: parameter not set', { code: 2 }],
    ['set -x; a=1; echo $a', '+ a=1|+ echo 1|1'],
    ['set -o pipefail; false | true; echo $?', '1', bash],
    ['trap "echo bye" EXIT; exit 3', 'bye', { code: 3 }],
    ['echo ${x:?is missing}; echo no', 'sh: x: is missing', { code: 2 }],
    ['while getopts "ab:" o; do echo $o $OPTARG; done', 'b x|a x', { shell: 'sh' }],
  ],
  'pipes and redirections': [
    ['printf "b\\na\\nb\\n" | sort | uniq -c | sort -rn | head -1', '      2 b'],
    ['yes | head -2', 'y|y'],
    ['echo x > /tmp/a; echo y >> /tmp/a; cat < /tmp/a; wc -l < /tmp/a', 'x|y|2'],
    ['echo out; echo err >&2; { echo both; nothere; } > /tmp/l 2>&1; cat /tmp/l',
      'out|err|both|sh: nothere: not found'],
    ['printf "1 2 3\\n4 5 6\\n" | while read a b; do echo "$b-$a"; done', '2 3-1|5 6-4'],
    ['exec > /tmp/log; echo hidden; cat /tmp/log >&2', 'hidden'],
    ['echo a | tee /tmp/t | tr a-z A-Z; cat /tmp/t', 'A|a'],
    ['cat <<< "$((40+2))"', '42', bash],
    ['echo x > /nodir/y; echo $?', "sh: can't create /nodir/y: nonexistent directory|1"],
    ['echo x > /nodir/y; echo $?', 'sh: 1: cannot create /nodir/y: Directory nonexistent|2', debian],
    ['echo x > /etc/y', "sh: can't create /etc/y: Read-only file system", { code: 1, readOnly: true }],
  ],
  'time and processes': [
    ['sleep 1.5; sleep 1m', '', { ms: 61_500 }],
    ['sleep 3 | sleep 5', '', { ms: 5_000 }],
    ['(sleep 5; echo late) & echo now; wait; echo end', 'now|late|end', { ms: 5_000 }],
    ['sleep 100 & kill $!; wait $!; echo $?', '143', { ms: 0 }],
    ['sleep 5 & p=$!; kill -0 $p && echo alive; kill -9 $p; sleep 1; kill -0 $p || echo gone',
      "alive|sh: kill: can't kill pid 2: No such process|gone", { ms: 1_000 }],
    ['timeout 2 sleep 10; echo $?', '124', { ms: 2_000, ...debian }],
    ['date; date +%F; sleep 61; date +%H:%M:%S', 'Thu Jan  1 00:00:00 UTC 2026|2026-01-01|00:01:01'],
    ['exec sleep 2; echo never', '', { ms: 2_000 }],
    ['tail -f /dev/null & sleep 1; echo done', 'done', { ms: 1_000 }],
    ['touch /tmp/g; tail -f /tmp/g & sleep 2; echo grown >> /tmp/g; sleep 2', 'grown', { ms: 4_000 }],
    ['tail -F /tmp/late & sleep 2; echo came > /tmp/late; sleep 2; echo x > /tmp/late; sleep 2',
      "tail: can't open '/tmp/late': No such file or directory|came|x", { ms: 6_000 }],
  ],
  'tools': [
    ['seq 3; seq 1 2 5 | xargs echo; echo a b | xargs -n1 echo item', '1|2|3|1 3 5|item a|item b'],
    ['echo "x y z" | awk \'{print $2, NF}\'; printf "a:1\\nb:2\\n" | awk -F: \'{s+=$2} END {printf "%d\\n", s}\'',
      'y 3|3'],
    ['echo 2025-01-02 | sed -e "s/-/./g" -e \'s/\\(..\\)$/<\\1>/\'; printf "1\\n2\\n3\\n" | sed -n "2,3p"; printf '
      + '"a\\nb\\n" | sed /a/d', '2025.01.<02>|2|3|b'],
    ['printf "one\\ntwo\\n" | grep -n t; printf "one\\n" | grep -c o; echo abc | grep -o "[bc]"; echo x | grep -q y; '
      + 'echo $?', '2:two|1|b|c|1'],
    ['echo a,b,c | cut -d, -f1,3; echo abc | cut -c2-; echo AbC | tr A-Z a-z; echo aabb | tr -d a', 'a,c|bc|abc|bb'],
    ['printf "%05.2f|%-4s|%d%%\\n" 3.14159 ab 42; echo -n x; echo -e "a\\tb"', '03.14|ab  |42%|xa\tb'],
    ['mkdir -p /d/e; echo 1 > /d/e/f; cp -r /d /c; mv /c/e /c/g; ls /c /c/g; rm -r /d; ls /d',
      '/c:|g||/c/g:|f|ls: /d: No such file or directory', { code: 1 }],
    ['basename /a/b.txt .txt; dirname /a/b.txt; cd /tmp; pwd; cd -; pwd', 'b|/a|/tmp|/|/'],
    ['env -i A=1 env; env B=2 sh -c "echo $B\\$B"; export C=3; printenv C; hostname; whoami; id -u',
      'A=1|2|3|pod|root|0'],
    ['echo hello | md5sum; echo hello | sha256sum; echo hello | base64; echo aGVsbG8K | base64 -d',
      'b1946ac92492d2347c6235b4d2611184  -|5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  '
        + '-|aGVsbG8K|hello'],
    ['expr 2 + 3; expr abc : "a\\(.*\\)"; expr 1 = 2', '5|bc|0', { code: 1 }],
    ['find /etc -name "host*" | sort', '/etc/hostname|/etc/hosts'],
    ['dd if=/dev/zero of=/tmp/f bs=1M count=2; wc -c /tmp/f', '2+0 records in|2+0 records out|2097152 /tmp/f'],
    ['apk add curl', 'sh: apk: not found', { code: 127 }],
    ['apk add -q curl > /dev/null && curl -s nowhere; echo $?', '6', { image: 'alpine' }],
    ['apt-get install -y curl',
      'Reading package lists...|Building dependency tree...|Reading state information...|E: Unable to locate package '
      + 'curl', { code: 100, ...debian }],
    ['stty -a; echo $?', 'stty: not modelled in this simulation|1'],
    ['ps', 'PID   USER     TIME  COMMAND|    1 root      0:00 sh -c ps|    2 root      0:00 ps'],
    ['cat /etc/resolv.conf | head -1; cat /etc/hostname',
      'search default.svc.cluster.local svc.cluster.local cluster.local|pod'],
  ],
  'what shells say': [
    ['foo', 'sh: foo: not found', { code: 127 }],
    ['foo', 'sh: 1: foo: not found', { code: 127, ...debian }],
    ['foo', 'bash: line 1: foo: command not found', { code: 127, ...bash }],
    ['/no/such', '/bin/sh: /no/such: not found', { code: 127, shell: '/bin/sh' }],
    ['cd /nope', "sh: cd: can't cd to /nope: No such file or directory", { code: 1 }],
    ['cat /tmp/healthy', "cat: can't open '/tmp/healthy': No such file or directory", { code: 1 }],
    ['cat /tmp/healthy', 'cat: /tmp/healthy: No such file or directory', { code: 1, ...debian }],
    ['echo "abc', 'sh: syntax error: unterminated quoted string', { code: 2 }],
    ['echo \'abc', 'sh: 1: Syntax error: Unterminated quoted string', { code: 2, ...debian }],
    ['echo "abc', 'bash: -c: line 1: unexpected EOF while looking for matching `"\'', { code: 2, ...bash }],
    ['if true; then echo x', 'sh: syntax error: unexpected end of file (expecting "fi")', { code: 2 }],
    ['echo a; done', 'sh: 1: Syntax error: "done" unexpected', { code: 2, ...debian }],
    ['done', "bash: -c: line 1: syntax error near unexpected token `done'", { code: 2, ...bash }],
    ['echo ${x!}', 'sh: syntax error: bad substitution', { code: 2 }],
    ['echo $((1/0))', 'sh: divide by zero', { code: 2 }],
    ['[ 1 -eq x ]', 'sh: [: x: bad number', { code: 2 }],
    ['sleep soon', "sleep: invalid number 'soon'", { code: 1 }],
  ],
};

describe('the shell in containers', () => {
  for (const [topic, cases] of Object.entries(rows)) {
    describe(topic, () => {
      for (const [script, output, more = {}] of cases) {
        it(script.replace(/\n/g, '\\n').slice(0, 90), () => {
          const { code = 0, ms, ...setup } = more;
          const given = script.includes('getopts') ? { files: { '/run.sh': script } } : {};
          const container = script.includes('getopts')
            ? new TestContainer(newSimulation(), ['sh', '/run.sh', '-b', 'x', '-a'], { ...setup, ...given }).finish()
            : sh(script, setup);
          assert.equal(container.log.join('|'), output);
          assert.equal(container.exitCode, code);
          if (ms !== undefined) assert.equal(container.tookMs, ms);
        });
      }
    });
  }

  it('runs tools without a shell, scripts with an interpreter line, and script files with arguments', () => {
    const run = (command: readonly string[], setup: Setup = {}): TestContainer =>
      new TestContainer(newSimulation(), command, setup).finish();
    assert.equal(run(['sleep', '3600']).tookMs, 3_600_000);
    assert.deepEqual(run(['echo', '-n', 'a b']).out, ['a b']);
    assert.deepEqual(run(['/run.sh', 'x'],
      { files: { '/run.sh': '#!/bin/sh -e\necho "$0 $1"\nfalse\necho no\n' } }).out, ['/run.sh x']);
    assert.deepEqual(run(['sh', '/s', '1', '2'], { files: { '/s': 'echo $2 $#\nnope\n' } }).log,
      ['2 2', '/s: line 2: nope: not found']);
    assert.deepEqual(run(['/bin/sh', '-c', 'echo $0 $1', 'name', 'arg']).out, ['name arg']);
  });

  it('ends at once without a script, and waits at a terminal where nobody types', () => {
    const bare = new TestContainer(newSimulation(), ['sh']).finish();
    assert.deepEqual([bare.exitCode, bare.tookMs, bare.log], [0, 0, []]);
    const misused = new TestContainer(newSimulation(), ['/bin/sh', '-c']).finish();
    assert.deepEqual([misused.exitCode, misused.log], [2, ['/bin/sh: -c requires an argument']]);
    assert.equal(new TestContainer(newSimulation(), ['sh'], { tty: true }).finish(60_000).running, true);
  });
});

describe('processes 1 and signals', () => {
  const terminated = (command: readonly string[], setup: Setup = {}): TestContainer => {
    const sim = newSimulation();
    const container = new TestContainer(sim, command, setup);
    sim.runUntil(2_500);
    sim.terminate(container.id);
    return container.finish(30_000);
  };

  it('sleep and shells without a trap outlive SIGTERM, as the kernel has it for process 1', () => {
    assert.equal(terminated(['sleep', '3600']).running, true);
    assert.equal(terminated(['sh', '-c', 'while true; do sleep 1; done']).running, true);
  });

  it('a trap runs when the foreground command is done, and at once while the shell waits', () => {
    const looping = terminated(['sh', '-c', 'trap "echo got; exit 0" TERM; while true; do sleep 1; done']);
    assert.deepEqual([looping.exitCode, looping.tookMs, looping.log], [0, 3_000, ['got']]);
    const waiting = terminated(['sh', '-c', 'trap "echo got; exit 7" TERM; sleep 1000 & wait $!; echo after']);
    assert.deepEqual([waiting.exitCode, waiting.tookMs, waiting.log], [7, 2_500, ['got']]);
  });

  it('a program that has taken the shell\'s place gets the signal; one in the foreground of a shell does not', () => {
    assert.equal(terminated([], { image: 'nginx' }).exitCode, 0);
    assert.equal(terminated(['sh', '-c', 'nginx -g "daemon off;"'], { image: 'nginx' }).exitCode, 0);
    assert.equal(terminated(['sh', '-c', 'exec nginx -g "daemon off;"'], { image: 'nginx' }).exitCode, 0);
    assert.equal(terminated(['sh', '-c', 'nginx -g "daemon off;"; echo x'], { image: 'nginx' }).running, true);
  });

  it('what is executed beside the main process can end it', () => {
    const sim = newSimulation();
    let told = 0;
    const beside = { name: 'main', alive: () => true, terminate: () => { told += 1; } };
    const container = new TestContainer(sim, ['sh', '-c', 'kill 1; kill -9 1; echo $$'], { beside }).finish();
    sim.runUntil(10);
    assert.deepEqual([container.out, told], [['10'], 1]);
  });

  it('what a main container sleeps through is background, what an init container waits for is not', () => {
    const quiet = (init: boolean): boolean => {
      const sim = newSimulation();
      const container = new TestContainer(sim, ['sh', '-c', 'sleep 30; echo done'], { init });
      sim.runUntilQuiet(3_600_000);
      return container.running;
    };
    assert.deepEqual([quiet(false), quiet(true)], [true, false]);
  });
});
