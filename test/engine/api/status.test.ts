import assert from 'node:assert/strict';
import * as field from '../../../src/api/field-errors';
import { quote } from '../../../src/api/go-text';
import * as status from '../../../src/api/status';

const pods = { group: '', resource: 'pods' };
const deployments = { group: 'apps', resource: 'deployments' };

describe('field errors', () => {
  const cases: readonly (readonly [field.FieldError, string])[] = [
    [field.required('spec.containers'), 'spec.containers: Required value'],
    [field.required('metadata.name', 'name or generateName is required'),
      'metadata.name: Required value: name or generateName is required'],
    [field.invalid('spec.replicas', -1, 'must be greater than or equal to 0'),
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [field.invalid('spec.template.metadata.labels', { b: '<', a: '1' }, '`selector` does not match template `labels`'),
      'spec.template.metadata.labels: Invalid value: {"a":"1","b":"\\u003c"}: '
        + '`selector` does not match template `labels`'],
    [field.invalid('x', undefined, 'bad'), 'x: Invalid value: null: bad'],
    [field.notSupported('spec.type', 'x', ['A', 'B']), 'spec.type: Unsupported value: "x": supported values: "A", "B"'],
    [field.duplicate('spec.ports[1].name', 'http'), 'spec.ports[1].name: Duplicate value: "http"'],
    [field.forbidden('spec', 'no'), 'spec: Forbidden: no'],
    [field.tooLong('metadata.annotations', 262144),
      'metadata.annotations: Too long: may not be more than 262144 bytes'],
    [field.tooMany('spec.list', 5, 1), 'spec.list: Too many: 5: must have at most 1 item'],
    [field.notFound('spec.volumeMounts[0].name', 'v'), 'spec.volumeMounts[0].name: Not found: "v"'],
    [field.immutable('spec.selector', 'a'), 'spec.selector: Invalid value: "a": field is immutable'],
  ];
  for (const [error, text] of cases) it(text, () => assert.equal(field.errorText(error), text));

  it('builds paths', () => {
    assert.equal(field.child(field.index('spec.containers', 0), 'ports'), 'spec.containers[0].ports');
    assert.equal(field.key(field.child('', 'metadata', 'labels'), 'app'), 'metadata.labels[app]');
  });

  it('quotes as Go does', () => {
    assert.equal(quote('a"b\\c\n\u0001\u00a0é'), '"a\\"b\\\\c\\n\\x01\\u00a0é"');
  });
});

describe('status', () => {
  const cases: readonly (readonly [status.FailureStatus, number, string, string])[] = [
    [status.notFoundStatus(deployments, 'x'), 404, 'NotFound', 'deployments.apps "x" not found'],
    [status.alreadyExists(pods, 'x'), 409, 'AlreadyExists', 'pods "x" already exists'],
    [status.conflict(pods, 'x'), 409, 'Conflict',
      'Operation cannot be fulfilled on pods "x": the object has been modified; '
      + 'please apply your changes to the latest version and try again'],
    [status.forbiddenStatus(pods, '', 'no'), 403, 'Forbidden', 'pods is forbidden: no'],
    [status.forbiddenStatus(pods, 'x', 'no'), 403, 'Forbidden', 'pods "x" is forbidden: no'],
    [status.forbiddenStatus({ group: '', resource: '' }, '', 'no'), 403, 'Forbidden', 'forbidden: no'],
    [status.unauthorized(), 401, 'Unauthorized', 'Unauthorized'],
    [status.methodNotSupported(pods, 'update'), 405, 'MethodNotAllowed',
      'update is not supported on resources of kind "pods"'],
    [status.tooOldResourceVersion('5', '100'), 410, 'Expired', 'too old resource version: 5 (100)'],
    [status.internalError('boom'), 500, 'InternalError', 'Internal error occurred: boom'],
    [status.tooLarge('limit is 3145728'), 413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728'],
    [status.serverTimeout(pods, 'list', 1), 500, 'ServerTimeout',
      'The list operation against pods could not be completed at this time, please try again.'],
  ];
  for (const [made, code, reason, message] of cases) {
    it(message, () => {
      assert.deepEqual([made.code, made.reason, made.message], [code, reason, message]);
      assert.ok(status.isFailure(made));
    });
  }

  it('puts several validation errors in brackets, equal ones once, with all causes', () => {
    const errors = [field.required('spec.a'), field.required('spec.a'), field.forbidden('spec.b', 'no')];
    const made = status.invalidStatus({ group: 'apps', kind: 'Deployment' }, 'x', errors);
    assert.equal(made.message, 'Deployment.apps "x" is invalid: [spec.a: Required value, spec.b: Forbidden: no]');
    assert.equal(made.code, 422);
    assert.deepEqual(made.details, {
      name: 'x', group: 'apps', kind: 'Deployment', causes: [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.a' },
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.a' },
        { reason: 'FieldValueForbidden', message: 'Forbidden: no', field: 'spec.b' }],
    });
    const one = status.invalidStatus({ group: '', kind: 'Pod' }, 'x', errors.slice(2));
    assert.equal(one.message, 'Pod "x" is invalid: spec.b: Forbidden: no');
  });
});
