/** Type checking of ValidatingAdmissionPolicies into their status. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import { World } from './world';

function policy(name: string, ...expressions: string[]): object {
  const resourceRules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] }];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name },
    spec: { matchConstraints: { resourceRules }, validations: expressions.map((expression) => ({ expression })) },
  };
}

describe('validatingadmissionpolicy-status-controller', () => {
  it('reports what does not fit the types', () => {
    const world = new World(0);
    world.create(resources.validatingAdmissionPolicies, policy('good', 'object.spec.replicas <= 5',
      "object.spec.template.spec.containers.all(c, c.image.startsWith('registry/'))"));
    world.create(resources.validatingAdmissionPolicies, policy('bad', 'object.spec.replicas <= 5', 'object.spec.foo == 1'));
    world.settle();
    assert.deepEqual(world.get(resources.validatingAdmissionPolicies, 'good').status,
      { observedGeneration: 1, typeChecking: {} });
    const { typeChecking } = world.get(resources.validatingAdmissionPolicies, 'bad').status;
    assert.deepEqual(typeChecking, { expressionWarnings: [{
      fieldRef: 'spec.validations[1].expression',
      warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'foo'\n | object.spec.foo == 1\n | ...........^\n",
    }] });
  });
});
