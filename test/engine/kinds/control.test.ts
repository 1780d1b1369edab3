/** Flow control, webhooks and policies, API services, certificates, runtime classes, devices, events of the new group. */
import assert from 'node:assert/strict';
import type { AnyKind } from '../../../src/api/kind';
import {
  mutatingAdmissionPolicyKind, validatingAdmissionPolicyBindingKind, validatingAdmissionPolicyKind,
} from '../../../src/api/kinds/admissionregistration/policies';
import {
  mutatingWebhookConfigurationKind, validatingWebhookConfigurationKind,
} from '../../../src/api/kinds/admissionregistration/webhooks';
import { apiServiceKind } from '../../../src/api/kinds/api-service';
import { certificateSigningRequestKind } from '../../../src/api/kinds/certificates/kind';
import { eventKind } from '../../../src/api/kinds/event';
import { eventV1Kind } from '../../../src/api/kinds/event-v1';
import { flowSchemaKind } from '../../../src/api/kinds/flowcontrol/flow-schema';
import { priorityLevelConfigurationKind } from '../../../src/api/kinds/flowcontrol/priority-level-configuration';
import { deviceClassKind } from '../../../src/api/kinds/resource/device-class';
import { resourceClaimKind } from '../../../src/api/kinds/resource/resource-claim';
import { resourceSliceKind } from '../../../src/api/kinds/resource/resource-slice';
import { runtimeClassKind } from '../../../src/api/kinds/runtime-class';
import { cells, createErrors, objectOf, stored, texts } from './support';

const hook = (fields: string): string => 'webhooks: [{name: a.example.com, sideEffects: None, '
  + `admissionReviewVersions: [v1], ${fields}}]`;
const service = 'clientConfig: {service: {name: s, namespace: n}}';
const rules = 'matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], '
  + 'resources: [deployments]}]}';
const subject = 'subjects: [{kind: User, user: {name: a}}]';
const slice = 'driver: a.b, pool: {name: p, resourceSliceCount: 1}';

describe('kinds of the control plane', () => {
  const cases: readonly (readonly [AnyKind, string, readonly string[]])[] = [
    [flowSchemaKind, 'spec: {priorityLevelConfiguration: {name: global-default}}', []],
    [flowSchemaKind, `spec: {matchingPrecedence: 1, rules: [{${subject}}]}`, [
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
      'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
    ]],
    [flowSchemaKind, 'spec: {priorityLevelConfiguration: {name: a}, rules: [{subjects: [{kind: Group, user: {name: a}}], '
      + 'nonResourceRules: [{verbs: [get, "*"], nonResourceURLs: [/a*]}]}]}', [
      "spec.rules[0].subjects[0].group: Required value: group is required when subject kind is 'Group'",
      "spec.rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'",
      'spec.rules[0].nonResourceRules[0].verbs: Invalid value: ["get","*"]: if \'*\' is present, must not specify other verbs',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "/a*": wildcard can only do suffix matching',
    ]],
    [priorityLevelConfigurationKind, 'spec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}}', []],
    [priorityLevelConfigurationKind, 'spec: {type: Exempt}', [
      'spec.type: Invalid value: "Exempt": type must be \'Exempt\' if and only if `name` is \'exempt\'',
      'spec.exempt: Required value: must not be empty when type is Exempt',
    ]],
    [priorityLevelConfigurationKind,
      'spec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 1000, handSize: 20}}}}', [
        'spec.limited.limitResponse.queuing.handSize: Invalid value: 20: required entropy bits of deckSize 1000 and '
          + 'handSize 20 should not be greater than 60',
      ]],
    [validatingWebhookConfigurationKind, hook(service), []],
    [validatingWebhookConfigurationKind, 'webhooks: [{name: a.b, admissionReviewVersions: [v2], clientConfig: {}}]', [
      'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots',
      'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun',
      'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
      'webhooks[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
    ]],
    [mutatingWebhookConfigurationKind, hook('clientConfig: {url: "http://u@h/x?y"}'), [
      'webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; '
        + 'desired format: https://host[/path]',
      'webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'webhooks[0].clientConfig.url: Invalid value: "y": query parameters are not permitted in the URL',
    ]],
    [validatingWebhookConfigurationKind, hook(`${service}, rules: [{apiGroups: ["*", apps], apiVersions: [v1], `
      + 'operations: [GET], resources: ["pods/*", pods/log]}]'), [
      'webhooks[0].rules[0].operations[0]: Unsupported value: "GET": supported values: "*", "CONNECT", "CREATE", '
        + '"DELETE", "UPDATE"',
      'webhooks[0].rules[0].apiGroups: Invalid value: ["*","apps"]: if \'*\' is present, must not specify other API groups',
      'webhooks[0].rules[0].resources[1]: Invalid value: "pods/log": if \'pods/*\' is present, must not specify pods/log',
    ]],
    [validatingAdmissionPolicyKind, `spec: {${rules}, validations: [{expression: "true"}]}`, []],
    [validatingAdmissionPolicyKind, 'spec: {}', [
      'spec.matchConstraints: Required value',
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ]],
    [validatingAdmissionPolicyBindingKind, 'spec: {policyName: p, validationActions: [Deny, Warn], paramRef: {}}', [
      'spec.paramRef: Required value: one of name or selector must be specified',
      'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same '
        + 'validation failure information in the API response and headers serves no purpose)',
    ]],
    [mutatingAdmissionPolicyKind, `spec: {${rules}, reinvocationPolicy: Never, mutations: [{patchType: JSONPatch}]}`,
      ['spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch']],
    [apiServiceKind, 'metadata: {name: v1beta1.metrics.k8s.io}\nspec: {group: metrics.k8s.io, version: v1beta1, '
      + 'groupPriorityMinimum: 100, versionPriority: 100, service: {name: a, namespace: b}}', []],
    [apiServiceKind, 'metadata: {name: a}\nspec: {group: b.c, version: v1, groupPriorityMinimum: 0, versionPriority: 1}', [
      'metadata.name: Invalid value: "a": must be `spec.version+"."+spec.group`: "v1.b.c"',
      'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
    ]],
    [runtimeClassKind, 'handler: A', [
      'handler: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '
        + "'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
        + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ]],
    [certificateSigningRequestKind, 'spec: {request: YQ==, signerName: a, usages: [x]}', [
      'spec.request: Invalid value: "YQ==": PEM block type must be CERTIFICATE REQUEST',
      'spec.usages[0]: Unsupported value: "x": supported values: "any", "cert sign", "client auth", "code signing", '
        + '"content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", '
        + '"email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", '
        + '"key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", '
        + '"timestamping"',
      'spec.signerName: Invalid value: "a": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
    ]],
    [deviceClassKind, 'spec: {selectors: [{}], config: [{opaque: {driver: a.b, parameters: 1}}]}', [
      'spec.selectors[0].cel: Required value',
      'spec.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
    ]],
    [resourceClaimKind, 'spec: {devices: {requests: [{name: r, exactly: {deviceClassName: c}}], '
      + 'constraints: [{requests: [s], matchAttribute: x}]}}', [
      "spec.devices.constraints[0].requests[0]: Invalid value: \"s\": must be the name of a request in the claim or the "
        + "name of a request and a subrequest separated by '/'",
      'spec.devices.constraints[0].matchAttribute: Invalid value: "x": a fully qualified name must be a domain and a '
        + 'name separated by a slash',
    ]],
    [resourceSliceKind, `spec: {${slice}, nodeName: n, devices: [{name: d, attributes: {a: {version: "1.0"}, b: {}}}]}`, [
      'spec.devices[0].attributes[a].version: Invalid value: "1.0": must be a string compatible with semver.org spec 2.0.0',
      'spec.devices[0].attributes[b]: Invalid value: "": exactly one value must be specified',
    ]],
    [resourceSliceKind, `spec: {${slice}, nodeName: n, allNodes: true}`, [
      'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, '
        + '`perDeviceNodeSelection` is required, but multiple fields are set',
    ]],
  ];
  for (const [kind, yaml, expected] of cases) {
    it(`${kind.kind} ${yaml.replace(/\n/g, ' ')}`, () => assert.deepEqual(createErrors(kind, yaml), expected));
  }

  it('have defaults', () => {
    const { webhooks: [first] } = stored(mutatingWebhookConfigurationKind, hook(service));
    assert.deepEqual([first.failurePolicy, first.matchPolicy, first.timeoutSeconds, first.reinvocationPolicy,
      first.namespaceSelector, first.clientConfig.service.port], ['Fail', 'Equivalent', 10, 'Never', {}, 443]);
    const claim = stored(resourceClaimKind, 'spec: {devices: {requests: [{name: r, exactly: {deviceClassName: c}}]}}');
    assert.deepEqual(claim.spec.devices.requests[0].exactly,
      { deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 });
    const level = stored(priorityLevelConfigurationKind,
      'spec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}}');
    assert.deepEqual(level.spec.limited.limitResponse.queuing, { handSize: 8, queues: 64, queueLengthLimit: 50 });
  });

  it('know who asks for a certificate, and approve it only where that is done', () => {
    const given = objectOf(certificateSigningRequestKind, 'spec: {request: YQ==, username: forged, usages: [client auth]}');
    const user = { name: 'alice', groups: ['dev'], uid: 'u' };
    const { spec } = certificateSigningRequestKind.prepareForCreate?.(given, { nowMs: 0, user }) ?? given;
    assert.deepEqual([spec.username, spec.groups, spec.uid], ['alice', ['dev'], 'u']);
    const approved = { ...given, status: { conditions: [{ type: 'Approved', status: 'True' }] } };
    const prepare = certificateSigningRequestKind.prepareForUpdate ?? assert.fail();
    const byApproval = prepare(approved, given, { nowMs: 0, subresource: 'approval' });
    assert.deepEqual(byApproval.status.conditions, [{
      type: 'Approved', status: 'True', lastUpdateTime: '1970-01-01T00:00:00Z',
      lastTransitionTime: '1970-01-01T00:00:00Z',
    }]);
    assert.equal(prepare(approved, given, { nowMs: 0 }).status, undefined);
    assert.ok(texts(certificateSigningRequestKind.validateStatusUpdate?.(byApproval, given))
      .includes('status.conditions: Forbidden: updates may not add a condition of type "Approved"'));
    const condition = cells(certificateSigningRequestKind, { ...byApproval, status: { ...byApproval.status, certificate: 'YQ==' } });
    assert.equal(condition['Condition'], 'Approved,Issued');
  });

  it('store an event of either group as one of the core group', () => {
    const event = objectOf(eventV1Kind, 'eventTime: "2026-01-01T00:00:00.000000Z"\nnote: hello\nreason: R\n'
      + 'regarding: {kind: Pod, name: p, namespace: default}\nreportingController: a.b/c\ntype: Normal');
    const { toStorage, fromStorage } = eventV1Kind.conversion ?? assert.fail();
    const core = toStorage(event) as any;
    assert.deepEqual([core.apiVersion, core.message, core.involvedObject.name, core.reportingComponent, core.note],
      ['v1', 'hello', 'p', 'a.b/c', undefined]);
    assert.deepEqual(fromStorage(core), event);
    assert.deepEqual(Object.values(cells(eventV1Kind, event)), Object.values(cells(eventKind, core)));
  });

  it('are shown as tables', () => {
    const shown = (kind: AnyKind, yaml: string): unknown[] => Object.values(cells(kind, stored(kind, yaml)));
    assert.deepEqual(shown(flowSchemaKind, 'spec: {priorityLevelConfiguration: {name: a}}').slice(1, 4),
      ['a', 1000, '<none>']);
    assert.deepEqual(shown(priorityLevelConfigurationKind, 'spec: {type: Exempt}').slice(1, 6),
      ['Exempt', '<none>', '<none>', '<none>', '<none>']);
    assert.deepEqual(shown(apiServiceKind, 'metadata: {name: v1.}\nspec: {version: v1}').slice(1, 3), ['Local', 'True']);
    assert.deepEqual(shown(validatingAdmissionPolicyBindingKind, 'spec: {policyName: p, paramRef: {name: x}}').slice(1, 3),
      ['p', '*/x']);
  });
});
