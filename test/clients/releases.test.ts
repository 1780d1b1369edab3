/**
 * Older kubectl against the same API: v1.34, two releases behind, and Debian's 1.20, which knows nothing of OpenAPI v3,
 * aggregated discovery, WebSockets and server-side validation.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enter, outputOf, patternOf } from './session';
import { Served } from './served';

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1.27", ports: [{containerPort: 80}]}]}
`;

/** What both releases say alike. */
const alike: readonly (readonly [line: string, said: string])[] = [
  ['get nodes', `NAME                 STATUS   ROLES           AGE     VERSION
kind-control-plane   Ready    control-plane   <age>   v1.36.1
kind-worker          Ready    <none>          <age>   v1.36.1
`],
  ['apply -f web.yaml', 'deployment.apps/web created\n'],
  ['apply -f web.yaml', 'deployment.apps/web unchanged\n'],
  ['diff -f web.yaml', ''],
  ['rollout status deployment/web', '<...>\ndeployment "web" successfully rolled out\n'],
  ['wait --for=condition=Available deployment/web', 'deployment.apps/web condition met\n'],
  ['get deployment web', 'NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    1/1     1            1           <age>\n'],
  ["get deployment web -o jsonpath='{.spec.replicas}'", '1\n'],
  ['describe deployment web', `Name:                   web
<...>
Conditions:
  Type           Status  Reason
  ----           ------  ------
  Available      True    MinimumReplicasAvailable
  Progressing    True    NewReplicaSetAvailable
OldReplicaSets:  <none>
NewReplicaSet:   web-xxxxxxxxxx (1/1 replicas created)
Events:
  Type    Reason             Age        From                   Message
  ----    ------             ----       ----                   -------
  Normal  ScalingReplicaSet  <age>   deployment-controller  Scaled up replica set web-xxxxxxxxxx from 0 to 1
`],
  ['exec deployment/web -- echo hello', 'hello\n'],
  ["exec deployment/web -- sh -c 'exit 3'", 'command terminated with exit code 3\n[3]\n'],
  ['scale deployment web --replicas=2', 'deployment.apps/web scaled\n'],
  ['set image deployment/web c=nginx:1.28', 'deployment.apps/web image updated\n'],
  ['rollout undo deployment/web', 'deployment.apps/web rolled back\n'],
  ['expose deployment web --port=80', 'service/web exposed\n'],
  ['autoscale deployment web --max=3', 'horizontalpodautoscaler.autoscaling/web autoscaled\n'],
  ["patch deployment web -p '{\"spec\":{\"replicas\":1}}'", 'deployment.apps/web patched\n'],
  ['label deployment web tier=front', 'deployment.apps/web labeled\n'],
  ['run one --image=nginx:1.27', 'pod/one created\n'],
  ['wait --for=condition=Ready pod/one', 'pod/one condition met\n'],
  ['apply --server-side --force-conflicts -f web.yaml', 'deployment.apps/web serverside-applied\n'],
  ['create configmap conf --from-literal=a=b', 'configmap/conf created\n'],
  ['create role reader --verb=get --resource=pods', 'role.rbac.authorization.k8s.io/reader created\n'],
  ['auth can-i create pods', 'yes\n'],
  ['get pods nothing', 'Error from server (NotFound): pods "nothing" not found\n[1]\n'],
  ['get bananas', 'error: the server doesn\'t have a resource type "bananas"\n[1]\n'],
  ['drain kind-worker --ignore-daemonsets --force --pod-selector=run=one', '<...>\npod/one evicted\n<...>\n'],
  ['uncordon kind-worker', 'node/kind-worker uncordoned\n'],
];

const apart: Readonly<Record<string, readonly (readonly [line: string, said: string])[]>> = {
  'v1.34': [
    ['version', `Client Version: v1.34.<any>
Kustomize Version: v5.7.1
Server Version: v1.36.1
Warning: version difference between client (1.34) and server (1.36) exceeds the supported minor version skew of +/-1
`],
    ['explain deployment.spec.replicas', `GROUP:      apps
KIND:       Deployment
VERSION:    v1

FIELD: replicas <integer>


DESCRIPTION:
    Number of desired pods. This is a pointer to distinguish between explicit
    zero and not specified. Defaults to 1.
    

`],
    ['create cronjob often --image=x --schedule=@daily', 'cronjob.batch/often created\n'],
    ['apply -f bad.yaml', 'Error from server (BadRequest): error when creating "bad.yaml": ConfigMap in version "v1" cannot be '
      + 'handled as a ConfigMap: strict decoding error: unknown field "dat"\n[1]\n'],
    ['delete deployment web', 'deployment.apps "web" deleted from v134 namespace\n'],
  ],
  'v1.20': [
    ['version --short', 'Client Version: v1.20.2\nServer Version: v1.36.1\n'],
    ['explain deployment.spec.replicas', `KIND:     Deployment
VERSION:  apps/v1

FIELD:    replicas <integer>

DESCRIPTION:
     Number of desired pods. This is a pointer to distinguish between explicit
     zero and not specified. Defaults to 1.
`],
    // It still asks for the group's first version, which is long gone.
    ['create cronjob often --image=x --schedule=@daily', 'error: failed to create cronjob: the server could not find the requested '
      + 'resource\n[1]\n'],
    ['apply -f bad.yaml', 'error: error validating "bad.yaml": error validating data: ValidationError(ConfigMap): unknown field '
      + '"dat" in io.k8s.api.core.v1.ConfigMap; if you choose to ignore these errors, turn validation off with '
      + '--validate=false\n[1]\n'],
    ['delete deployment web', 'deployment.apps "web" deleted\n'],
  ],
};

for (const [release, own] of Object.entries(apart)) {
  describe(`kubectl ${release}`, () => {
    let served: Served;
    let kubeconfig: string;

    before(async function () {
      served = await Served.start();
      if (release === 'v1.20' && served.debianKubectl === undefined) this.skip();
      kubeconfig = await enter(served, release.replace('.', ''));
      writeFileSync(join(served.folder, 'web.yaml'), manifest);
      writeFileSync(join(served.folder, 'bad.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndat: {a: b}\n');
    });

    after(() => served.stop());

    for (const [line, said] of [...alike, ...own]) {
      it(line, async () => {
        const actual = await outputOf(served, kubeconfig, `kubectl-${release} ${line}`);
        if (!patternOf(said).test(actual)) assert.equal(actual, said);
      });
    }
  });
}
