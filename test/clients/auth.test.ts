/**
 * kubectl auth, impersonation, and what those who may not are told, as sessions in sessions/auth; and what kubectl can
 * do with the credentials that the cluster has made: a token, and a certificate that was asked for and approved.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSessions, enter, outputOf } from './session';
import { Served } from './served';

describeSessions('auth');

describe('credentials made by the cluster', () => {
  let served: Served;
  let admin: string;
  let bare: string;
  const as = (kubeconfig: string, line: string): Promise<string> => outputOf(served, kubeconfig, line);

  before(async () => {
    served = await Served.start();
    admin = await enter(served, 'credentials');
    bare = join(served.folder, 'bare.kubeconfig');
    const withoutUser = readFileSync(admin, 'utf8').replace(/^ *client-(?:certificate|key)-data: .*\n/gm, '');
    writeFileSync(bare, withoutUser.replace(/( *)user: *\n/, '$1user: {}\n'));
    // Nobody may discover the API; kubectl remembers what it has found for someone else.
    await as(admin, 'kubectl get pods');
  });

  after(() => served.stop());

  it('knows no passwords', async () => {
    assert.equal(await as(bare, 'kubectl --username=jane --password=secret get pods'), 'Error from server (Forbidden): pods is forbidden: User '
      + '"system:anonymous" cannot list resource "pods" in API group "" in the namespace "credentials"\n[1]\n');
  });

  it('takes a token of a service account for what it may do, until the account is gone', async () => {
    await as(admin, 'kubectl create serviceaccount bob');
    await as(admin, 'kubectl create role reader --verb=list --resource=pods');
    await as(admin, 'kubectl create rolebinding readers --role=reader --serviceaccount=credentials:bob');
    const token = (await as(admin, 'kubectl create token bob')).trim();
    const bob = (line: string): Promise<string> => as(bare, `kubectl --token=${token} ${line}`);
    assert.equal(await bob('get pods'), 'No resources found in credentials namespace.\n');
    assert.equal(await bob('get secrets'), 'Error from server (Forbidden): secrets is forbidden: User '
      + '"system:serviceaccount:credentials:bob" cannot list resource "secrets" in API group "" in the namespace '
      + '"credentials"\n[1]\n');
    assert.match(await bob('auth whoami'), new RegExp('^ATTRIBUTE +VALUE\n'
      + 'Username +system:serviceaccount:credentials:bob\nUID +[0-9a-f-]{36}\n'
      + 'Groups +\\[system:serviceaccounts system:serviceaccounts:credentials system:authenticated\\]\n'
      + 'Extra: authentication.kubernetes.io/credential-id +\\[JTI=[0-9a-f-]{36}\\]\n$'));
    await as(admin, 'kubectl delete serviceaccount bob');
    const unauthorized = 'error: You must be logged in to the server (Unauthorized)\n[1]\n';
    assert.equal(await bob('get pods'), unauthorized);
    assert.equal(await as(bare, `kubectl --token=${token.slice(0, -4)}AAAA get pods`), unauthorized);
    assert.equal(await as(bare, 'kubectl --token=nonsense get pods'), unauthorized);
  });

  it('signs the certificate that an administrator has approved, and takes it for its owner', async () => {
    const request = join(served.folder, 'jim.csr');
    const key = join(served.folder, 'jim.key');
    const made = spawnSync('openssl', [
      'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', request,
      '-subj', '/CN=jim/O=devs',
    ]);
    assert.equal(made.status, 0, made.stderr.toString());
    const manifest = (name: string): string => JSON.stringify({
      apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name },
      spec: {
        request: readFileSync(request).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client',
        expirationSeconds: 86_400, usages: ['client auth'],
      },
    });
    for (const name of ['jim', 'jo']) {
      writeFileSync(join(served.folder, 'csr.json'), manifest(name));
      assert.equal(await as(admin, 'kubectl create -f csr.json'), `certificatesigningrequest.certificates.k8s.io/${name} created\n`);
    }
    const table: readonly (readonly [line: string, said: string])[] = [
      ['certificate approve jim', 'certificatesigningrequest.certificates.k8s.io/jim approved\n'],
      ['certificate approve jim', 'certificatesigningrequest.certificates.k8s.io/jim approved\n'],
      ['certificate deny jim', 'error: certificate signing request "jim" is already Approved\n[1]\n'],
      ['certificate deny jo', 'certificatesigningrequest.certificates.k8s.io/jo denied\n'],
      ['certificate approve jo', 'error: certificate signing request "jo" is already Denied\n[1]\n'],
      ['certificate approve none', 'Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "none" not found\n[1]\n'],
      [`wait csr/jim --for=jsonpath='{.status.certificate}'`, 'certificatesigningrequest.certificates.k8s.io/jim condition met\n'],
      [
        `get csr jim jo --no-headers -o custom-columns='A:.spec.username,B:.status.conditions[0].type,C:.status.conditions[0].reason'`,
        'kubernetes-admin   Approved   KubectlApprove\nkubernetes-admin   Denied     KubectlDeny\n',
      ],
    ];
    for (const [line, said] of table) assert.equal(await as(admin, `kubectl ${line}`), said, line);
    assert.match(await as(admin, 'kubectl get csr'), new RegExp(
      '^NAME +AGE +SIGNERNAME +REQUESTOR +REQUESTEDDURATION +CONDITION\n'
      + 'jim +\\S+ +kubernetes.io/kube-apiserver-client +kubernetes-admin +24h +Approved,Issued\n'
      + 'jo +\\S+ +kubernetes.io/kube-apiserver-client +kubernetes-admin +24h +Denied\n$'));
    assert.match(await as(admin, 'kubectl describe csr jim'), new RegExp(
      'Requesting User: +kubernetes-admin\nSigner: +kubernetes.io/kube-apiserver-client\nRequested Duration: +24h\n'
      + 'Status: +Approved,Issued\nSubject:\n +Common Name: +jim\n +Serial Number: +\n +Organization: +devs\nEvents:'));
    const certificate = join(served.folder, 'jim.crt');
    const issued = await as(admin, `kubectl get csr jim -o jsonpath='{.status.certificate}'`);
    writeFileSync(certificate, Buffer.from(issued, 'base64'));
    const jim = `kubectl --client-certificate=${certificate} --client-key=${key}`;
    assert.match(await as(bare, `${jim} auth whoami`), /^ATTRIBUTE +VALUE\nUsername +jim\nGroups +\[devs system:authenticated\]\n/);
    assert.match(await as(bare, `${jim} get pods`), /User "jim" cannot list resource "pods"/);
    await as(admin, 'kubectl create rolebinding devs --clusterrole=view --group=devs');
    assert.equal(await as(bare, `${jim} get pods`), 'No resources found in credentials namespace.\n');
  });
});
