/**
 * What Go calls the type of a field, for the texts of decoding errors (`of type v1.PullPolicy`). Structs, lists, maps
 * and scalars follow from the schema; the API's named string types do not, so the common ones are listed here. A field
 * that is not listed is called `string`, which is what most are.
 */
import type { FieldType, ObjectType, SchemaField } from '../schema/schema';
import { typeOf } from '../schema/schema';

const namedTypes: Readonly<Record<string, string>> = {
  'AppArmorProfile.type': 'v1.AppArmorProfileType',
  'Capabilities.add': '[]v1.Capability',
  'Capabilities.drop': '[]v1.Capability',
  'Condition.status': 'v1.ConditionStatus',
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.restartPolicy': 'v1.ContainerRestartPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'CronJobSpec.concurrencyPolicy': 'v1.ConcurrencyPolicy',
  'DaemonSetUpdateStrategy.type': 'v1.DaemonSetUpdateStrategyType',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'EmptyDirVolumeSource.medium': 'v1.StorageMedium',
  'EndpointSlice.addressType': 'v1.AddressType',
  'EphemeralContainer.imagePullPolicy': 'v1.PullPolicy',
  'HTTPGetAction.scheme': 'v1.URIScheme',
  'HTTPIngressPath.pathType': 'v1.PathType',
  'HostPathVolumeSource.type': 'v1.HostPathType',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'NamespaceSpec.finalizers': '[]v1.FinalizerName',
  'NodeSelectorRequirement.operator': 'v1.NodeSelectorOperator',
  'ObjectMeta.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'PersistentVolumeClaimSpec.accessModes': '[]v1.PersistentVolumeAccessMode',
  'PersistentVolumeClaimSpec.volumeMode': 'v1.PersistentVolumeMode',
  'PersistentVolumeSpec.accessModes': '[]v1.PersistentVolumeAccessMode',
  'PersistentVolumeSpec.persistentVolumeReclaimPolicy': 'v1.PersistentVolumeReclaimPolicy',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.preemptionPolicy': 'v1.PreemptionPolicy',
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodStatus.phase': 'v1.PodPhase',
  'PriorityClass.preemptionPolicy': 'v1.PreemptionPolicy',
  'SeccompProfile.type': 'v1.SeccompProfileType',
  'Secret.type': 'v1.SecretType',
  'ServicePort.protocol': 'v1.Protocol',
  'ServiceSpec.externalTrafficPolicy': 'v1.ServiceExternalTrafficPolicy',
  'ServiceSpec.internalTrafficPolicy': 'v1.ServiceInternalTrafficPolicy',
  'ServiceSpec.ipFamilies': '[]v1.IPFamily',
  'ServiceSpec.ipFamilyPolicy': 'v1.IPFamilyPolicy',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'ServiceSpec.type': 'v1.ServiceType',
  'StatefulSetSpec.podManagementPolicy': 'v1.PodManagementPolicyType',
  'StatefulSetUpdateStrategy.type': 'v1.StatefulSetUpdateStrategyType',
  'StorageClass.reclaimPolicy': 'v1.PersistentVolumeReclaimPolicy',
  'StorageClass.volumeBindingMode': 'v1.VolumeBindingMode',
  'Taint.effect': 'v1.TaintEffect',
  'Toleration.effect': 'v1.TaintEffect',
  'Toleration.operator': 'v1.TolerationOperator',
  'TopologySpreadConstraint.whenUnsatisfiable': 'v1.UnsatisfiableConstraintAction',
  'VolumeMount.mountPropagation': 'v1.MountPropagationMode',
};

const scalarTypes: Readonly<Record<string, string>> = {
  int32: 'int32', int64: 'int64', bool: 'bool', double: 'float64', bytes: '[]uint8', intOrString: 'int32',
};

/** Go's type of a value inside a field; `inner` is the field's own type or that of its items or values. */
export function goTypeName(owner: ObjectType, field: SchemaField, inner: FieldType): string {
  const named = namedTypes[`${owner.name}.${field.name}`];
  if (named !== undefined) {
    if (inner === field.type) return named;
    return named.startsWith('[]') ? named.slice(2) : 'string';
  }
  return structuralName(inner);
}

function structuralName(type: FieldType): string {
  switch (type.form) {
    case 'ref':
      return structName(typeOf(type.name));
    case 'object':
      return structName(type.type);
    case 'list':
      return `[]${structuralName(type.item)}`;
    case 'map': {
      const isResources = type.value.form === 'scalar' && type.value.scalar === 'quantity';
      return isResources ? 'v1.ResourceList' : `map[string]${structuralName(type.value)}`;
    }
    case 'scalar':
      return scalarTypes[type.scalar] ?? 'string';
  }
}

/** `v1.DeploymentSpec`: Go prints the package's name, which is the version. */
export function structName(type: ObjectType): string {
  return `${type.packageName.split('.').at(-1)}.${type.plainName}`;
}
