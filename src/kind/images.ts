/**
 * Container images that a kindest/node:v1.36.1 image brings along, with the tags that kubeadm and kind pin, and their
 * sizes. Tags: kubeadm 1.36 (etcd, CoreDNS) and kind v0.32.0 (kindnetd, local-path, pause as containerd's sandbox).
 *
 * Sizes are those `crictl images` printed on a v1.36.1 node of kind, three digits of decimal megabytes, on arm64; those
 * of amd64 were not found and differ by some percent. The duplicate tag of the architecture is amd64's here.
 */
import { deepFreeze } from '../base/freeze';

const registry = 'registry.k8s.io';
const megabyte = 1_000_000;
const kilobyte = 1_000;

export const etcdImage = `${registry}/etcd:3.6.8-0`;
export const coreDnsImage = `${registry}/coredns/coredns:v1.14.2`;
/** The sandbox image of containerd's configuration; kubeadm itself would name 3.10.2, which kind does not load. */
export const pauseImage = `${registry}/pause:3.10`;
export const kindnetImage = 'docker.io/kindest/kindnetd:v20260528-9350166c';
export const localPathProvisionerImage = 'docker.io/kindest/local-path-provisioner:v20260521-9fb22683';
export const localPathHelperImage = 'docker.io/kindest/local-path-helper:v20260131-7181c60a';

/** The components that are released as images of their own with every Kubernetes version. */
export type KubernetesImage = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kube-proxy';

/** An image on the node's disk: all its names, and its size in bytes as the kubelet reports it. */
export interface PreloadedImage {
  readonly names: readonly string[];
  readonly sizeBytes: number;
}

/** The image of a component, such as `registry.k8s.io/kube-apiserver:v1.36.1`. */
export function kubernetesImage(component: KubernetesImage, version: string): string {
  return `${registry}/${component}:${version}`;
}

function componentImage(component: KubernetesImage, version: string, sizeBytes: number): PreloadedImage {
  return {
    names: [kubernetesImage(component, version).replace(':', '-amd64:'), kubernetesImage(component, version)],
    sizeBytes,
  };
}

/** What is on a node before the first pull, largest first, as node.status.images lists it. Frozen. */
export function preloadedImages(kubernetesVersion: string): readonly PreloadedImage[] {
  const images: readonly PreloadedImage[] = [
    componentImage('kube-apiserver', kubernetesVersion, 89.9 * megabyte),
    componentImage('kube-controller-manager', kubernetesVersion, 80.2 * megabyte),
    componentImage('kube-proxy', kubernetesVersion, 80.9 * megabyte),
    componentImage('kube-scheduler', kubernetesVersion, 57.3 * megabyte),
    { names: [kindnetImage], sizeBytes: 35.6 * megabyte },
    { names: [etcdImage], sizeBytes: 21.1 * megabyte },
    { names: [coreDnsImage], sizeBytes: 20.8 * megabyte },
    { names: [localPathProvisionerImage], sizeBytes: 14.2 * megabyte },
    { names: [localPathHelperImage], sizeBytes: 2.74 * megabyte },
    { names: [pauseImage], sizeBytes: 268 * kilobyte },
  ];
  const whole = images.map((image) => ({ ...image, sizeBytes: Math.round(image.sizeBytes) }));
  return deepFreeze(whole.sort((a, b) => b.sizeBytes - a.sizeBytes));
}
