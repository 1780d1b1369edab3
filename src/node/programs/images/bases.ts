/**
 * Images to build upon and to run a command in: busybox, alpine, Debian's family, images full of network tools. Sizes
 * here and in the other lists are rounded download sizes, near enough that a large image takes visibly longer.
 */
import { type ImageDescription, simpleProgram } from '../../images';
import { printingProgram } from '../jobs/printing';
import { nginxFiles, nginxProgram } from '../servers/nginx';
import { entryPoint } from '../shell/entry-point';
import { toolSets } from '../shell/tools';
import { majors, tagPattern } from './tags';

const { networkTools, procps, apk, bash } = toolSets;
const shell = ['sh'];

const helloWorld = [
  '', 'Hello from Docker!', 'This message shows that your installation appears to be working correctly.', '',
  'To generate this message, Docker took the following steps:',
  ' 1. The Docker client contacted the Docker daemon.',
  ' 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.',
  '    (amd64)', ' 3. The Docker daemon created a new container from that image which runs the',
  '    executable that produces the output you are currently reading.',
  ' 4. The Docker daemon streamed that output to the Docker client, which sent it', '    to your terminal.', '',
];

function megabytes(count: number): number {
  return count * 1_000_000;
}

const dnsutils: ImageDescription = {
  sizeBytes: megabytes(3), base: 'busybox', cmd: ['sleep', '3600'], tools: [...networkTools, ...bash],
};
const networkMultitool: ImageDescription = {
  sizeBytes: megabytes(17), base: 'busybox', entrypoint: ['/docker/entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'],
  executables: { 'nginx': nginxProgram, '/docker/entrypoint.sh': entryPoint() }, files: nginxFiles,
  tools: [...networkTools, ...bash, ...apk, 'jq'],
};
const pause: ImageDescription = {
  sizeBytes: 320_000, base: 'scratch', entrypoint: ['/pause'],
  executables: { '/pause': () => simpleProgram(() => undefined, (host) => host.exit(0)) },
};

export const baseImages: Readonly<Record<string, ImageDescription>> = {
  'docker.io/library/busybox': {
    sizeBytes: megabytes(2), base: 'busybox', cmd: shell,
    tags: tagPattern('1(?:\\.(?:2\\d|3[0-7])(?:\\.\\d)?)?', ['stable', 'unstable']),
  },
  'docker.io/library/alpine': {
    sizeBytes: megabytes(4), base: 'busybox', cmd: ['/bin/sh'], tools: apk,
    tags: tagPattern('3(?:\\.(?:[1-9]|1\\d|2[0-3])(?:\\.\\d{1,2})?)?|2\\.[67]|20\\d{6}', ['edge']),
  },
  'docker.io/library/ubuntu': {
    sizeBytes: megabytes(30), base: 'debian', cmd: ['/bin/bash'], tools: procps,
    tags: tagPattern('(?:1[0-9]|2[0-6])\\.(?:04|10)(?:\\.\\d)?',
      ['rolling', 'devel', 'bionic', 'xenial', 'trusty', 'questing', 'plucky', 'oracular']),
  },
  'docker.io/library/debian': {
    sizeBytes: megabytes(49), base: 'debian', cmd: ['bash'],
    tags: tagPattern('(?:[6-9]|1[0-3])(?:\\.\\d{1,2})?',
      ['stable', 'testing', 'unstable', 'sid', 'oldstable', 'experimental', 'forky']),
  },
  'docker.io/library/centos': {
    sizeBytes: megabytes(84), base: 'debian', cmd: ['/bin/bash'], tools: ['yum', 'dnf', 'curl', 'ps', ...bash],
    tags: tagPattern('(?:centos)?[5-8](?:\\.\\d+)*'),
  },
  'docker.io/library/fedora': {
    sizeBytes: megabytes(60), base: 'debian', cmd: ['/bin/bash'], tools: ['dnf', 'curl'],
    tags: tagPattern('[2-4]\\d', ['rawhide']),
  },
  'docker.io/library/bash': {
    sizeBytes: megabytes(6), base: 'busybox', cmd: ['bash'], tools: bash, tags: tagPattern(majors(3, 4, 5), ['devel']),
  },
  'docker.io/mstormo/suse': { sizeBytes: megabytes(120), base: 'debian', cmd: ['/bin/bash'],
    tools: ['curl', ...procps] },
  'docker.io/library/hello-world': {
    sizeBytes: 10_000, base: 'scratch', cmd: ['/hello'], executables: { '/hello': printingProgram(helloWorld) },
    tags: tagPattern('(?!)', ['linux', 'nanoserver']),
  },
  'docker.io/curlimages/curl': {
    sizeBytes: megabytes(9), base: 'busybox', entrypoint: ['/entrypoint.sh'], cmd: ['curl'], tools: ['curl'], user: 100,
    executables: { '/entrypoint.sh': entryPoint('curl', true) },
  },
  'docker.io/radial/busyboxplus': { sizeBytes: megabytes(13), base: 'busybox', cmd: shell, tools: ['curl', 'dig'] },
  'docker.io/odise/busybox-curl': { sizeBytes: megabytes(7), base: 'busybox', cmd: shell, tools: ['curl'] },
  'docker.io/nicolaka/netshoot': {
    sizeBytes: megabytes(190), base: 'busybox', cmd: ['zsh'], tools: [...networkTools, ...bash, ...apk, 'zsh', 'jq'],
  },
  'docker.io/praqma/network-multitool': networkMultitool,
  'docker.io/wbitt/network-multitool': networkMultitool,
  'docker.io/tutum/dnsutils': { ...dnsutils, sizeBytes: megabytes(80), base: 'debian', cmd: ['bash'] },
  'docker.io/infoblox/dnstools': { ...dnsutils, sizeBytes: megabytes(6), cmd: ['sh'] },
  'gcr.io/kubernetes-e2e-test-images/dnsutils': dnsutils,
  'registry.k8s.io/e2e-test-images/jessie-dnsutils': { ...dnsutils, sizeBytes: megabytes(112), base: 'debian' },
  'registry.k8s.io/e2e-test-images/busybox': { sizeBytes: megabytes(1), base: 'busybox', cmd: shell },
  'registry.k8s.io/busybox': { sizeBytes: megabytes(1), base: 'busybox', cmd: shell },
  'k8s.gcr.io/busybox': { sizeBytes: megabytes(1), base: 'busybox', cmd: shell },
  'gcr.io/google-containers/busybox': { sizeBytes: megabytes(1), base: 'busybox', cmd: shell },
  'registry.k8s.io/pause': pause,
  'k8s.gcr.io/pause': pause,
  'gcr.io/google-containers/pause': pause,
};
