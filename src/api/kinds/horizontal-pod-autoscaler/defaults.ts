/** Defaults of a HorizontalPodAutoscaler. Models SetDefaults_HorizontalPodAutoscaler of pkg/apis/autoscaling/v2. */
import { withKey } from '../../../base/freeze';
import type {
  HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec, HPAScalingRules, MetricSpec,
} from '../../types';

const noSpec = Object.freeze({}) as HorizontalPodAutoscalerSpec;

/** What is aimed at when nothing is said: 80 percent of the CPU that the pods ask for. */
const defaultMetrics: readonly MetricSpec[] = Object.freeze([{
  type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}]);

const scaleUp: HPAScalingRules = Object.freeze({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
});
/** The stabilization window is left open: it is the controller's. */
const scaleDown: HPAScalingRules = Object.freeze({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
});

/** What an autoscaler is given that says nothing. */
export function autoscalerDefaults(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  let spec = autoscaler.spec ?? noSpec;
  if (spec.minReplicas === undefined) spec = withKey(spec, 'minReplicas', 1);
  if (!spec.metrics?.length) spec = withKey(spec, 'metrics', defaultMetrics);
  if (spec.behavior !== undefined) spec = withKey(spec, 'behavior', behaviorDefaults(spec.behavior));
  return withKey(autoscaler, 'spec', spec);
}

/** Who gives rules for one direction gets the default ones for the other. */
function behaviorDefaults(behavior: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscalerBehavior {
  return withKey(withKey(behavior, 'scaleUp', rulesFrom(behavior.scaleUp, scaleUp)),
    'scaleDown', rulesFrom(behavior.scaleDown, scaleDown));
}

function rulesFrom(given: HPAScalingRules | undefined, others: HPAScalingRules): HPAScalingRules {
  let rules = given ?? others;
  for (const field of ['stabilizationWindowSeconds', 'selectPolicy', 'policies'] as const) {
    if (rules[field] === undefined) rules = withKey(rules, field, others[field]);
  }
  return rules;
}
