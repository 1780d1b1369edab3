/** Pod: the smallest thing that runs. Models pkg/registry/core/pod; its parts are in the files of this folder. */
import { defineKind } from '../../kind';
import type { Pod } from '../../types';
import { podColumns } from './columns';
import { podDefaults } from './defaults';
import { ephemeralContainersPart, resizePart } from './parts';
import { newPodStatus, preparePod, preparePodUpdate } from './prepare';
import { podStatusUpdateErrors, podUpdateErrors } from './update';
import { newPodErrors } from './validation/pod';
import { podWarnings } from './warnings';

/** The grace period of a deletion: what was asked, else what the pod says; none where nothing runs. */
function gracePeriodSeconds(pod: Pod, requestedSeconds: number | undefined): number {
  const phase = pod.status?.phase;
  if (!pod.spec.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
  const seconds = requestedSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

export const podKind = defineKind<Pod>({
  group: '', version: 'v1', kind: 'Pod', listKind: 'PodList', plural: 'pods', singular: 'pod',
  shortNames: ['po'], categories: ['all'], namespaced: true, schema: 'Pod',
  subresources: [
    'attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'resize', 'status',
  ],
  defaults: podDefaults,
  prepareForCreate: preparePod,
  prepareForUpdate: preparePodUpdate,
  validate: newPodErrors,
  validateUpdate: podUpdateErrors,
  validateStatusUpdate: podStatusUpdateErrors,
  parts: { ephemeralcontainers: ephemeralContainersPart, resize: resizePart },
  warnings: podWarnings,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  initialStatus: newPodStatus,
  selectableFields: (pod) => ({
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.restartPolicy': pod.spec.restartPolicy ?? '',
    'spec.schedulerName': pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }),
  columns: podColumns,
  graceful: { gracePeriodSeconds },
});
