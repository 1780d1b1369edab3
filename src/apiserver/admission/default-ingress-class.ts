/**
 * DefaultIngressClass: an Ingress that names no class gets the default one, the newest when there are several. Models
 * plugin/pkg/admission/network/defaultingressclass.
 */
import { compareText } from '../../base/freeze';
import { ingressClasses } from '../../api/resources';
import type { Ingress, KubeObject } from '../../api/types';
import type { AdmissionPlugin } from './plugin';

const defaultAnnotation = 'ingressclass.kubernetes.io/is-default-class';
const classAnnotation = 'kubernetes.io/ingress.class';

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses.networking.k8s.io'],

  mutate({ operation, subresource, object }, execution) {
    if (operation !== 'CREATE' || subresource !== '') return undefined;
    const ingress = object as Ingress & KubeObject;
    if (ingress.spec?.ingressClassName !== undefined) return undefined;
    if (ingress.metadata.annotations?.[classAnnotation] !== undefined) return undefined;
    const [chosen] = execution.objects.list(ingressClasses)
      .filter(({ metadata }) => metadata.annotations?.[defaultAnnotation] === 'true')
      .sort((a, b) => compareText(b.metadata.creationTimestamp, a.metadata.creationTimestamp)
        || compareText(a.metadata.name, b.metadata.name));
    return chosen && { ...ingress, spec: { ...ingress.spec, ingressClassName: chosen.metadata.name } };
  },
};
