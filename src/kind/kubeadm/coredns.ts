/**
 * The CoreDNS add-on of `kubeadm init`, v1.36: kind changes nothing in it. Models
 * cmd/kubeadm/app/phases/addons/dns/manifests.go. Labels, ports and texts are kubeadm's; the Service is called kube-dns
 * since the days of its predecessor.
 */
import { deepFreeze } from '../../base/freeze';
import type { Container, Deployment, NewObject, Service } from '../../api/types';
import { coreDnsImage } from '../images';
import { nodeProfile } from '../profile';
import { dnsServiceAddress } from './address';
import {
  accountSubject, clusterRole, clusterRoleBinding, configMap, resourceRule, serviceAccount, systemNamespace,
} from './objects';
import type { ClusterPlan, Manifest } from './types';

const name = 'coredns';
const roleName = 'system:coredns';
const labels = { 'k8s-app': 'kube-dns' };
const dnsPort = 53;
const metricsPort = 9153;

/** The Corefile: the cluster's zone from the API, everything else to the node's resolver, successes cached 30 s. */
export function corefile(dnsDomain: string): string {
  return `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes ${dnsDomain} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :${metricsPort}
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success ${dnsDomain}
       disable denial ${dnsDomain}
    }
    loop
    reload
    loadbalance
}
`;
}

function container(): Container {
  return {
    name,
    image: coreDnsImage,
    imagePullPolicy: 'IfNotPresent',
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    args: ['-conf', '/etc/coredns/Corefile'],
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
    ports: [
      { containerPort: dnsPort, name: 'dns', protocol: 'UDP' },
      { containerPort: dnsPort, name: 'dns-tcp', protocol: 'TCP' },
      { containerPort: metricsPort, name: 'metrics', protocol: 'TCP' },
      { containerPort: 8080, name: 'liveness-probe', protocol: 'TCP' },
      { containerPort: 8181, name: 'readiness-probe', protocol: 'TCP' },
    ],
    livenessProbe: {
      httpGet: { path: '/health', port: 'liveness-probe', scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet: { path: '/ready', port: 'readiness-probe', scheme: 'HTTP' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
}

function deployment(plan: ClusterPlan): NewObject<Deployment> {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: systemNamespace, labels },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: name,
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [{
                weight: 100,
                podAffinityTerm: {
                  labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
                  topologyKey: 'kubernetes.io/hostname',
                },
              }],
            },
          },
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: nodeProfile(plan.kubernetesVersion).controlPlaneRole, effect: 'NoSchedule' },
          ],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [container()],
          dnsPolicy: 'Default',
          volumes: [{
            name: 'config-volume',
            configMap: { name, items: [{ key: 'Corefile', path: 'Corefile' }] },
          }],
        },
      },
    },
  };
}

function service(plan: ClusterPlan): NewObject<Service> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: systemNamespace,
      labels: { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
      annotations: { 'prometheus.io/port': String(metricsPort), 'prometheus.io/scrape': 'true' },
    },
    spec: {
      clusterIP: dnsServiceAddress(plan.serviceSubnet),
      ports: [
        { name: 'dns', port: dnsPort, protocol: 'UDP', targetPort: dnsPort },
        { name: 'dns-tcp', port: dnsPort, protocol: 'TCP', targetPort: dnsPort },
        { name: 'metrics', port: metricsPort, protocol: 'TCP', targetPort: metricsPort },
      ],
      selector: labels,
    },
  };
}

/** The objects of the add-on in the order in which kubeadm creates them. Frozen. */
export function coreDnsAddon(plan: ClusterPlan): readonly Manifest[] {
  const verbs = ['list', 'watch'];
  return deepFreeze([
    configMap(systemNamespace, name, { Corefile: corefile(plan.dnsDomain) }),
    clusterRole(roleName, [
      resourceRule('', ['endpoints', 'services', 'pods', 'namespaces'], verbs),
      resourceRule('discovery.k8s.io', ['endpointslices'], verbs),
    ]),
    clusterRoleBinding(roleName, roleName, [accountSubject(systemNamespace, name)]),
    serviceAccount(systemNamespace, name),
    deployment(plan),
    service(plan),
  ]);
}
