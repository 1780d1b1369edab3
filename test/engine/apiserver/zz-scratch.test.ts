import { kindRegistry } from '../../../src/api/registry';
import { builtInKinds } from '../../../src/api/kinds/index';
import { World } from './harness';
describe('scratch', () => {
  it('x', () => {
    const w = new World({ kinds: kindRegistry(builtInKinds) });
    const dep = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1', ports: [{ containerPort: 80 }] }] } } } };
    const show = (o: unknown) => console.log(JSON.stringify(o, null, 1).replace(/\n\s*/g, ' '));
    const ns = { group: 'apps', resource: 'deployments', namespace: 'default', name: 'web' };
    show(w.ask({ verb: 'create', ...ns, body: dep, userAgent: 'kubectl/v1', options: { fieldManager: 'kubectl-client-side-apply', fieldValidation: 'Strict' } }).body.metadata.managedFields);
    show(w.ask({ verb: 'patch', ...ns, patchType: 'apply', body: { ...dep, spec: { ...dep.spec, replicas: 3 } }, options: { fieldManager: 'kubectl' } }).body);
    show(w.ask({ verb: 'patch', ...ns, patchType: 'apply', body: { ...dep, spec: { ...dep.spec, replicas: 3 } }, options: { fieldManager: 'kubectl', force: true } }).body);
    show(w.ask({ verb: 'patch', ...ns, name: 'web2', patchType: 'apply', body: { ...dep, metadata: { name: 'web2', labels: { a: 'b' } } }, options: { fieldManager: 'helm', force: true } }));
    show(w.ask({ verb: 'patch', ...ns, name: 'web2', patchType: 'apply', body: { ...dep, metadata: { name: 'web2' } }, options: { fieldManager: 'helm', force: true } }));
    show(w.ask({ verb: 'patch', ...ns, name: 'web2', patchType: 'apply', body: { ...dep, metadata: { name: 'web2' }, spec: { ...dep.spec, foo: 1, template: { spec: { containers: [{ name: 'a' }, { name: 'a', image: 7 }] } } } }, options: { fieldManager: 'helm', force: true } }).body);
    show(w.ask({ verb: 'patch', ...ns, subresource: 'scale', patchType: 'merge', body: { spec: { replicas: 7 } }, options: { fieldManager: 'kubectl-scale' } }).body);
    show(w.ask({ verb: 'get', ...ns }).body.metadata.managedFields);
  });
});
