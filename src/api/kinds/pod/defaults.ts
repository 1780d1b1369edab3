/**
 * Defaults of a pod and of a pod template. What only a Pod gets (requests from limits, service links, host ports) is
 * separate, because a template must not get it. Models SetDefaults_Pod, SetDefaults_PodSpec and the generated defaults
 * of pkg/apis/core/v1. Containers get their own file; every function returns the same object when nothing changes.
 */
import { withKey } from '../../../base/freeze';
import type {
  Container, ContainerPort, EphemeralContainer, Pod, PodSpec, PodTemplateSpec, ResourceRequirements, Volume,
} from '../../types';
import { containerDefaults, mapList, withDefault } from './container-defaults';
import { podResourceDefaults, roundedRequirements } from './resource-defaults';
import { volumeDefaults } from './volume-defaults';

/** Fills in what a Pod is given: SetDefaults_Pod on top of SetDefaults_PodSpec. */
export function podDefaults(pod: Pod): Pod {
  const spec = podSpecDefaults(pod.spec ?? noSpec);
  return withKey(pod, 'spec', podOnlyDefaults(spec));
}

/** Fills in what a pod template is given. */
export function podTemplateDefaults(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const given = template ?? { spec: noSpec };
  return withKey(withDefault(given, 'metadata', noMetadata), 'spec', podSpecDefaults(given.spec ?? noSpec));
}

const noSpec: PodSpec = Object.freeze({ containers: Object.freeze([]) });
const noMetadata = Object.freeze({});
const noSecurityContext = Object.freeze({});

function podSpecDefaults(given: PodSpec): PodSpec {
  let spec = given;
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) {
    spec = withKey(withKey(spec, 'serviceAccountName', account), 'serviceAccount', account);
  }
  spec = withKey(spec, 'volumes', mapList(spec.volumes, volumeDefaults as (volume: Volume) => Volume));
  spec = withKey(spec, 'initContainers', mapList(spec.initContainers, containerDefaults));
  spec = withKey(spec, 'containers', mapList(spec.containers ?? noSpec.containers, containerDefaults) ?? []);
  spec = withKey(spec, 'ephemeralContainers',
    mapList(spec.ephemeralContainers, containerDefaults as (container: EphemeralContainer) => EphemeralContainer));
  spec = withDefault(spec, 'dnsPolicy', 'ClusterFirst');
  spec = withDefault(spec, 'restartPolicy', 'Always');
  spec = withDefault(spec, 'securityContext', noSecurityContext);
  if (spec.terminationGracePeriodSeconds === undefined) spec = withKey(spec, 'terminationGracePeriodSeconds', 30);
  spec = withDefault(spec, 'schedulerName', 'default-scheduler');
  return withKey(spec, 'resources', spec.resources && roundedRequirements(spec.resources));
}

function podOnlyDefaults(given: PodSpec): PodSpec {
  let spec = withKey(given, 'containers', mapList(given.containers, withRequestsFromLimits) ?? []);
  spec = withKey(spec, 'initContainers', mapList(spec.initContainers, withRequestsFromLimits));
  spec = podResourceDefaults(spec);
  if (spec.enableServiceLinks === undefined) spec = withKey(spec, 'enableServiceLinks', true);
  if (spec.hostNetwork !== true) return spec;
  spec = withKey(spec, 'containers', mapList(spec.containers, withHostPorts) ?? []);
  return withKey(spec, 'initContainers', mapList(spec.initContainers, withHostPorts));
}

/** A resource that has a limit and no request is requested in the amount of its limit. */
function withRequestsFromLimits(container: Container): Container {
  const resources = container.resources;
  const limits = resources?.limits;
  if (resources === undefined || limits === undefined) return container;
  const requests = resources.requests;
  if (requests !== undefined && Object.keys(limits).every((name) => Object.hasOwn(requests, name))) return container;
  const changed: ResourceRequirements = { ...resources, requests: { ...limits, ...requests } };
  return { ...container, resources: changed };
}

function withHostPorts(container: Container): Container {
  const ports = mapList(container.ports, (port: ContainerPort) => (
    port.hostPort ? port : withKey(port, 'hostPort', port.containerPort)));
  return withKey(container, 'ports', ports);
}
