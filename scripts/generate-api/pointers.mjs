// Which optional scalars of the API are pointers in Go: a pointer that is set is written even when it points to a zero,
// a plain field with omitempty is not. Protobuf needs this, because its writers send the zeros of plain fields. The
// rule of thumb is that numbers and booleans are pointers and texts are not; these are the exceptions.

const words = (text) => new Set(text.trim().split(/\s+/));

/** Optional integers that are plain fields. */
const plainIntegers = words(`
AWSElasticBlockStoreVolumeSource.partition GCEPersistentDiskVolumeSource.partition ContainerPort.hostPort
ContainerStateTerminated.signal Event.count EventSeries.count Probe.failureThreshold Probe.initialDelaySeconds
Probe.periodSeconds Probe.successThreshold Probe.timeoutSeconds ReplicationControllerSpec.minReadySeconds
DaemonSetSpec.minReadySeconds DeploymentSpec.minReadySeconds ReplicaSetSpec.minReadySeconds
StatefulSetSpec.minReadySeconds ServicePort.nodePort ServiceSpec.healthCheckNodePort Status.code
StatusDetails.retryAfterSeconds StatefulSetOrdinals.start ScaleSpec.replicas ContainerImage.sizeBytes
Condition.observedGeneration PodCondition.observedGeneration ObjectMeta.generation PodStatus.observedGeneration
ReplicationControllerStatus.availableReplicas ReplicationControllerStatus.fullyLabeledReplicas
ReplicationControllerStatus.readyReplicas ReplicationControllerStatus.observedGeneration
DaemonSetStatus.numberAvailable DaemonSetStatus.numberUnavailable DaemonSetStatus.updatedNumberScheduled
DaemonSetStatus.observedGeneration DeploymentStatus.availableReplicas DeploymentStatus.readyReplicas
DeploymentStatus.replicas DeploymentStatus.unavailableReplicas DeploymentStatus.updatedReplicas
DeploymentStatus.observedGeneration ReplicaSetStatus.availableReplicas ReplicaSetStatus.fullyLabeledReplicas
ReplicaSetStatus.readyReplicas ReplicaSetStatus.observedGeneration StatefulSetStatus.availableReplicas
StatefulSetStatus.currentReplicas StatefulSetStatus.readyReplicas StatefulSetStatus.updatedReplicas
StatefulSetStatus.observedGeneration HorizontalPodAutoscalerStatus.currentReplicas JobStatus.active JobStatus.failed
JobStatus.succeeded Event.deprecatedCount FlowSchemaSpec.matchingPrecedence QueuingConfiguration.handSize
QueuingConfiguration.queueLengthLimit QueuingConfiguration.queues ServiceBackendPort.number PriorityClass.value
PodDisruptionBudgetStatus.observedGeneration ValidatingAdmissionPolicyStatus.observedGeneration DeviceSubRequest.count
ExactDeviceRequest.count
`);

/** Optional booleans that are plain fields, besides nearly every volume source's readOnly. */
const plainBooleans = words(`
Container.stdin Container.stdinOnce Container.tty EphemeralContainerCommon.stdin EphemeralContainerCommon.stdinOnce
EphemeralContainerCommon.tty ISCSIPersistentVolumeSource.chapAuthDiscovery ISCSIPersistentVolumeSource.chapAuthSession
ISCSIVolumeSource.chapAuthDiscovery ISCSIVolumeSource.chapAuthSession NodeSpec.unschedulable PodSpec.hostIPC
PodSpec.hostNetwork PodSpec.hostPID ScaleIOPersistentVolumeSource.sslEnabled ScaleIOVolumeSource.sslEnabled
ServiceSpec.publishNotReadyAddresses TokenReviewStatus.authenticated DeploymentSpec.paused
SubjectAccessReviewStatus.denied ResourcePolicyRule.clusterScope PriorityClass.globalDefault
`);
const pointerReadOnly = words('AzureDiskVolumeSource CSIVolumeSource');

/** Optional texts that are pointers. */
const pointerTexts = words(`
AppArmorProfile.localhostProfile AzureDiskVolumeSource.cachingMode AzureDiskVolumeSource.fsType
AzureDiskVolumeSource.kind AzureFilePersistentVolumeSource.secretNamespace CSIVolumeSource.fsType
ClusterTrustBundleProjection.name ClusterTrustBundleProjection.signerName Container.restartPolicy
EphemeralContainerCommon.restartPolicy ContainerStatus.stopSignal EndpointAddress.nodeName EndpointPort.appProtocol
GlusterfsPersistentVolumeSource.endpointsNamespace GRPCAction.service HostPathVolumeSource.type
ISCSIPersistentVolumeSource.initiatorName ISCSIVolumeSource.initiatorName Lifecycle.stopSignal
LoadBalancerIngress.ipMode LocalVolumeSource.fsType PersistentVolumeClaimSpec.storageClassName
PersistentVolumeClaimSpec.volumeAttributesClassName PersistentVolumeClaimSpec.volumeMode
PersistentVolumeClaimStatus.currentVolumeAttributesClassName PersistentVolumeSpec.volumeAttributesClassName
PersistentVolumeSpec.volumeMode PodDNSConfigOption.value PodResourceClaim.resourceClaimName
PodResourceClaim.resourceClaimTemplateName PodResourceClaimStatus.resourceClaimName PodSchedulingGroup.podGroupName
PodSecurityContext.fsGroupChangePolicy PodSecurityContext.seLinuxChangePolicy
PodSecurityContext.supplementalGroupsPolicy PodSpec.hostnameOverride PodSpec.preemptionPolicy
PodSpec.runtimeClassName PortStatus.error IngressPortStatus.error Preconditions.resourceVersion Preconditions.uid
SeccompProfile.localhostProfile SecurityContext.procMount ServicePort.appProtocol ServiceSpec.internalTrafficPolicy
ServiceSpec.ipFamilyPolicy ServiceSpec.loadBalancerClass ServiceSpec.trafficDistribution
TopologySpreadConstraint.nodeAffinityPolicy TopologySpreadConstraint.nodeTaintsPolicy
TypedLocalObjectReference.apiGroup TypedObjectReference.apiGroup TypedObjectReference.namespace
VolumeMount.mountPropagation VolumeMount.recursiveReadOnly VolumeMountStatus.recursiveReadOnly
WindowsSecurityContextOptions.gmsaCredentialSpec WindowsSecurityContextOptions.gmsaCredentialSpecName
WindowsSecurityContextOptions.runAsUserName DeleteOptions.propagationPolicy MatchResources.matchPolicy
MutatingAdmissionPolicySpec.failurePolicy MutatingWebhook.failurePolicy MutatingWebhook.matchPolicy
MutatingWebhook.reinvocationPolicy Rule.scope ParamRef.parameterNotFoundAction ServiceReference.path
ValidatingAdmissionPolicySpec.failurePolicy ValidatingWebhook.failurePolicy ValidatingWebhook.matchPolicy
Validation.reason WebhookClientConfig.url HPAScalingRules.selectPolicy CronJobSpec.timeZone JobSpec.completionMode
JobSpec.managedBy JobSpec.podReplacementPolicy JobStatus.failedIndexes
PodFailurePolicyOnExitCodesRequirement.containerName SuccessPolicyRule.succeededIndexes LeaseSpec.holderIdentity
LeaseSpec.preferredHolder LeaseSpec.strategy EndpointPort.name:discovery EndpointPort.protocol:discovery
Endpoint.hostname Endpoint.nodeName Endpoint.zone IngressClassParametersReference.apiGroup
IngressClassParametersReference.namespace IngressClassParametersReference.scope IngressSpec.ingressClassName
NetworkPolicyPort.protocol PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy AllocatedDeviceStatus.shareID
Device.nodeName DeviceAttribute.string DeviceAttribute.version DeviceClassSpec.extendedResourceName
DeviceConstraint.distinctAttribute DeviceConstraint.matchAttribute DeviceRequestAllocationResult.shareID
ResourceSliceSpec.nodeName PriorityClass.preemptionPolicy CSIDriverSpec.fsGroupPolicy StorageClass.reclaimPolicy
StorageClass.volumeBindingMode VolumeAttachmentSource.persistentVolumeName
`);

/** Whether an optional scalar field is a pointer in Go. `code` is the table's letter of its type. */
export function isPointer(group, message, field, code) {
  const name = `${message}.${field}`;
  if (code === 'i' || code === 'l') return !plainIntegers.has(name);
  if (code === 'b') return !(plainBooleans.has(name) || (field === 'readOnly' && !pointerReadOnly.has(message)));
  if (code === 's') return pointerTexts.has(name) || pointerTexts.has(`${name}:${group}`);
  return false;
}
