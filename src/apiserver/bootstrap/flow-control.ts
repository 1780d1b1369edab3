/** The flow schemas and priority levels of a fresh cluster as objects. Models pkg/registry/flowcontrol/ensurer. */
import { deepFreeze } from '../../base/freeze';
import {
  autoUpdateAnnotation, bootstrapFlowSchemas, bootstrapPriorityLevels,
} from '../../api/kinds/flowcontrol/bootstrap';
import type { FlowSchema, NewObject, PriorityLevelConfiguration } from '../../api/types';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';

function metadataOf(name: string) {
  return { name, annotations: { [autoUpdateAnnotation]: 'true' } };
}

/** The mandatory and the suggested flow schemas. Frozen. */
export function defaultFlowSchemas(): readonly NewObject<FlowSchema>[] {
  return deepFreeze(Object.entries(bootstrapFlowSchemas).map(([name, spec]) => (
    { apiVersion, kind: 'FlowSchema', metadata: metadataOf(name), spec })));
}

/** The mandatory and the suggested priority levels. Frozen. */
export function defaultPriorityLevels(): readonly NewObject<PriorityLevelConfiguration>[] {
  return deepFreeze(Object.entries(bootstrapPriorityLevels).map(([name, spec]) => (
    { apiVersion, kind: 'PriorityLevelConfiguration', metadata: metadataOf(name), spec })));
}
