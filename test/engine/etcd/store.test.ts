import assert from 'node:assert/strict';
import { inRange, prefixRange } from '../../../src/etcd/key-range';
import { StateMachine } from '../../../src/etcd/state-machine';
import { golden, rerun } from './script';

/** The rules of the store, each with the script that shows it. */
const rules: [string, string][] = [
  ['E1 every write gets the next revision; the first is 2', `
    > get a
    count 0 rev 1
    > put a 1
    rev 2
    PUT a=1 c2 m2 v1
    > put a 2
    rev 3
    PUT a=2 c2 m3 v2 was 1 m2
    > get a
    a=2 c2 m3 v2
    count 1 rev 3`],
  ['E2 nothing is overwritten: every older revision can be read', `
    > put a 1
    rev 2
    PUT a=1 c2 m2 v1
    > put a 2
    rev 3
    PUT a=2 c2 m3 v2 was 1 m2
    > del a
    rev 4
    DELETE a m4 was 2 m3
    > get a @2
    a=1 c2 m2 v1
    count 1 rev 4
    > get a @3
    a=2 c2 m3 v2
    count 1 rev 4
    > get a @4
    count 0 rev 4
    > get a @1
    count 0 rev 4`],
  ['E3 a deleted key that is put again begins a new generation at version 1', `
    > put a 1
    rev 2
    PUT a=1 c2 m2 v1
    > del a
    rev 3
    DELETE a m3 was 1 m2
    > put a 2
    rev 4
    PUT a=2 c4 m4 v1
    > generations a
    {2: 2 t3}
    {4: 4}`],
  ['E4 a delete that finds nothing changes no revision', `
    > del a
    rev 1
    > del a*
    rev 1`],
  ['E5 a range reads keys in order, with limit, count and keys only', `
    > txn ? put p/c 3; put p/a 1; put q/a 9; put p/b 2
    succeeded rev 2
    PUT p/c=3 c2 m2 v1
    PUT p/a=1 c2 m2 v1
    PUT q/a=9 c2 m2 v1
    PUT p/b=2 c2 m2 v1
    > get p/*
    p/a=1 c2 m2 v1
    p/b=2 c2 m2 v1
    p/c=3 c2 m2 v1
    count 3 rev 2
    > get p/* limit=2
    p/a=1 c2 m2 v1
    p/b=2 c2 m2 v1
    count 3 more rev 2
    > get p/* limit=3
    p/a=1 c2 m2 v1
    p/b=2 c2 m2 v1
    p/c=3 c2 m2 v1
    count 3 rev 2
    > get p/* limit=1 keys
    p/a c2 m2 v1
    count 3 more rev 2
    > get * count
    count 4 rev 2`],
  ['E6 future and compacted revisions are refused with etcd\'s texts', `
    > put a 1
    rev 2
    PUT a=1 c2 m2 v1
    > put a 2
    rev 3
    PUT a=2 c2 m3 v2 was 1 m2
    > get a @4
    ! OutOfRange etcdserver: mvcc: required revision is a future revision
    > compact 4
    ! OutOfRange etcdserver: mvcc: required revision is a future revision
    > compact 3
    rev 3
    > get a @2
    ! OutOfRange etcdserver: mvcc: required revision has been compacted
    > get a @3
    a=2 c2 m3 v2
    count 1 rev 3
    > compact 3
    ! OutOfRange etcdserver: mvcc: required revision has been compacted
    > txn ? get a @2
    ! OutOfRange etcdserver: mvcc: required revision has been compacted`],
  ['E7 compaction keeps what a reader at the revision sees, and drops whole generations before it', `
    > put a 1
    rev 2
    PUT a=1 c2 m2 v1
    > put a 2
    rev 3
    PUT a=2 c2 m3 v2 was 1 m2
    > del a
    rev 4
    DELETE a m4 was 2 m3
    > put a 3
    rev 5
    PUT a=3 c5 m5 v1
    > put b 1
    rev 6
    PUT b=1 c6 m6 v1
    > compact 3
    rev 6
    > generations a
    {2: 3 t4}
    {5: 5}
    > compact 4
    rev 6
    > generations a
    {0:  t4}
    {5: 5}
    > compact 6
    rev 6
    > generations a
    {5: 5}
    > get a
    a=3 c5 m5 v1
    count 1 rev 6`],
  ['E8 a tombstone at the compacted revision stays for its watchers and goes with the next compaction', `
    > put a 1
    rev 2
    PUT a=1 c2 m2 v1
    > del a
    rev 3
    DELETE a m3 was 1 m2
    > put b 1
    rev 4
    PUT b=1 c4 m4 v1
    > compact 3
    rev 4
    > history * 3
    DELETE a m3
    PUT b=1 c4 m4 v1
    next 5
    > compact 4
    rev 4
    > generations a
    > history * 4
    PUT b=1 c4 m4 v1
    next 5`],
  ['E9 history is read in pages of revisions, never splitting one', `
    > txn ? put a 1; put b 1
    succeeded rev 2
    PUT a=1 c2 m2 v1
    PUT b=1 c2 m2 v1
    > put a 2
    rev 3
    PUT a=2 c2 m3 v2 was 1 m2
    > put c 1
    rev 4
    PUT c=1 c4 m4 v1
    > history * 2 1
    PUT a=1 c2 m2 v1
    PUT b=1 c2 m2 v1
    next 3
    > history a 2
    PUT a=1 c2 m2 v1
    PUT a=2 c2 m3 v2 was 1 m2
    next 5
    > history c 9
    next 9`],
];

const txnRules: [string, string][] = [
  ['E10 a transaction writes in one revision and reads what it has written', `
    > put a 0
    rev 2
    PUT a=0 c2 m2 v1
    > txn ver(a)=1 ? get *; put a 1; put b 1; get * ; get * @2
    succeeded rev 3
    a=0 c2 m2 v1
    count 1 rev 2
    a=1 c2 m3 v2
    b=1 c3 m3 v1
    count 2 rev 3
    a=0 c2 m2 v1
    count 1 rev 3
    PUT a=1 c2 m3 v2 was 0 m2
    PUT b=1 c3 m3 v1`],
  ['E11 one compare that fails takes the other branch; reading changes no revision', `
    > put a x
    rev 2
    PUT a=x c2 m2 v1
    > txn mod(a)=2 value(a)=y ? put a 1 : get a
    failed rev 2
    a=x c2 m2 v1
    count 1 rev 2
    > txn mod(a)=2 value(a)=x create(a)>1 ver(a)<2 lease(a)=0 value(a)!=y ? put a 1
    succeeded rev 3
    PUT a=1 c2 m3 v2 was x m2`],
  ['E12 a missing key compares as 0, and its value with nothing', `
    > txn mod(a)=0 ver(a)=0 create(a)<1 ? put b 1
    succeeded rev 2
    PUT b=1 c2 m2 v1
    > txn value(a)!=x ? put b 2
    failed rev 2`],
  ['E13 create-if-absent and guarded update and delete, as API servers write', `
    > txn mod(a)=0 ? put a 1 : get a
    succeeded rev 2
    PUT a=1 c2 m2 v1
    > txn mod(a)=0 ? put a 1 : get a
    failed rev 2
    a=1 c2 m2 v1
    count 1 rev 2
    > txn mod(a)=2 ? del a : get a
    succeeded rev 3
    DELETE a m3 was 1 m2`],
  ['E14 a key written twice in one branch, or put and deleted, is refused', `
    > txn ? put a 1; put a 2
    ! InvalidArgument etcdserver: duplicate key given in txn request
    > txn ? put p/a 1; del p/*
    ! InvalidArgument etcdserver: duplicate key given in txn request
    > txn ? put a 1 : put a 2
    succeeded rev 2
    PUT a=1 c2 m2 v1`],
  ['E15 an empty key is refused', `
    > put '' 1
    ! InvalidArgument etcdserver: key is not provided
    > get 
    ! InvalidArgument etcdserver: key is not provided
    > txn mod()=0 ? put a 1
    ! InvalidArgument etcdserver: key is not provided`],
];

const leaseRules: [string, string][] = [
  ['E20 a revoked lease takes its keys with it, in key order and one revision', `
    > grant 7 60
    rev 1
    > put b 1 lease=7
    rev 2
    PUT b=1 c2 m2 v1 lease 7
    > put a 1 lease=7
    rev 3
    PUT a=1 c3 m3 v1 lease 7
    > put c 1
    rev 4
    PUT c=1 c4 m4 v1
    > lease 7
    ttl 60 expires 60000 keys a b
    > revoke 7
    rev 5
    DELETE a m5 was 1 m3
    DELETE b m5 was 1 m2
    > get * keys
    c c4 m4 v1
    count 1 rev 5
    > revoke 7
    ! NotFound etcdserver: requested lease not found`],
  ['E21 a put without the lease, with another one, or a delete takes the key off its lease', `
    > grant 1 60
    rev 1
    > grant 2 60
    rev 1
    > txn ? put a 1 lease=1; put b 1 lease=1; put c 1 lease=1; put d 1 lease=1
    succeeded rev 2
    PUT a=1 c2 m2 v1 lease 1
    PUT b=1 c2 m2 v1 lease 1
    PUT c=1 c2 m2 v1 lease 1
    PUT d=1 c2 m2 v1 lease 1
    > txn ? put a 2; put b 2 lease=2; del c; put d 2 lease=1
    succeeded rev 3
    PUT a=2 c2 m3 v2 was 1 m2
    PUT b=2 c2 m3 v2 lease 2 was 1 m2
    DELETE c m3 was 1 m2
    PUT d=2 c2 m3 v2 lease 1 was 1 m2
    > lease 1
    ttl 60 expires 60000 keys d
    > lease 2
    ttl 60 expires 60000 keys b`],
  ['E22 an unknown lease is refused, alone and in a transaction, and nothing is written', `
    > put a 1 lease=9
    ! NotFound etcdserver: requested lease not found
    > txn ? put a 1; put b 1 lease=9
    ! NotFound etcdserver: requested lease not found
    > get * count
    count 0 rev 1`],
  ['E23 the time to live is at least 2 s and has a maximum; an id exists once', `
    > grant 1 1
    rev 1
    > lease 1
    ttl 2 expires 2000 keys
    > grant 1 60
    ! FailedPrecondition etcdserver: lease already exists
    > grant 2 9000000001
    ! OutOfRange etcdserver: too large lease TTL`],
  ['E24 a renewed lease begins anew; one that has run out cannot be renewed', `
    > grant 1 10
    rev 1
    > grant 2 12
    rev 1
    > now 9000
    > renew 1
    ttl 10
    > expired
    next 12000
    > now 12000
    > expired
    2 next 12000
    > renew 2
    ttl 0
    > revoke 2
    rev 1
    > expired
    next 19000
    > renew 3
    ttl 0`],
];

describe('etcd: state machine', () => {
  for (const [rule, script] of [...rules, ...txnRules, ...leaseRules]) {
    it(rule, () => assert.equal(rerun(script).replace(/ +$/gm, ''), golden(script).replace(/ +$/gm, '')));
  }

  it('E16 a transaction has at most 128 operations in each part', () => {
    const ops = (count: number): string => Array.from({ length: count }, (_, i) => `put k${i} 1`).join(';');
    assert.match(rerun(`> txn ? ${ops(128)}`), /^succeeded rev 2$/m);
    assert.match(rerun(`> txn ? : ${ops(129)}`), /too many operations in txn request$/);
  });

  it('E17 values are frozen data, handed out as they came in', () => {
    const { store } = new StateMachine();
    const value = Object.freeze({ kind: 'Pod' });
    const txn = store.write();
    txn.put('a', value, 10, 0);
    assert.throws(() => txn.put('b', { kind: 'Pod' }, 10, 0), /frozen/);
    txn.end();
    assert.equal(store.get('a')?.value, value);
  });
});

describe('etcd: key ranges', () => {
  const cases: [string, string[], string[]][] = [
    ['/registry/pods/', ['/registry/pods/', '/registry/pods/a/b'], ['/registry/pods', '/registry/pods0', '/a']],
    ['', ['\0', 'a', '\uffff'], []],
    ['a\uffff', ['a\uffff', 'a\uffffb'], ['a', 'b']],
    ['\uffff', ['\uffff', '\uffff\uffff'], ['a']],
  ];
  for (const [prefix, inside, outside] of cases) {
    it(`takes the prefix ${JSON.stringify(prefix)} as a range`, () => {
      for (const key of inside) assert.ok(inRange(prefixRange(prefix), key), key);
      for (const key of outside) assert.ok(!inRange(prefixRange(prefix), key), key);
    });
  }
});
