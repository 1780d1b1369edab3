/** The catalog: which tags exist, and that every image has something to start. */
import assert from 'node:assert/strict';
import { imageCatalog } from '../../../../src/node/images';
import { parseImageReference } from '../../../../src/node/image-reference';
import { commonImages } from '../../../../src/node/programs/catalog';
import { lookUpImage } from '../../../../src/node/registry';
import { findExecutable } from '../../../../src/node/runtime/executables';
import { tools } from '../../../../src/node/programs/shell/commands/all';
import { newSimulation, TestContainer } from './container';

const catalog = imageCatalog(commonImages);

function found(name: string): string {
  const reference = parseImageReference(name);
  assert.notEqual(typeof reference, 'string', name);
  return lookUpImage(catalog, { reference: reference as Exclude<typeof reference, string>, behavior: '' }).kind;
}

describe('the image catalog', () => {
  it('has real tags', () => {
    for (const name of [
      'nginx', 'nginx:latest', 'nginx:1.14.2', 'nginx:1.16.1', 'nginx:1.27', 'nginx:1.7.9', 'nginx:stable-alpine',
      'nginx:alpine', 'nginx:1.25-alpine3.18-slim', 'nginx:mainline',
      'busybox:1.28', 'busybox:1.37', 'busybox:stable', 'busybox:musl', 'busybox:1.36.1-glibc', 'redis:7.4',
      'redis:6.0.4', 'redis:7-alpine', 'redis:5', 'mysql:5.7', 'mysql:8', 'postgres:16-alpine',
      'alpine:3.20', 'alpine:edge', 'ubuntu:22.04', 'ubuntu:noble', 'debian:bookworm-slim', 'perl:5.34', 'perl:5.34.0',
      'python:3', 'python:3.12-slim', 'node:20-alpine', 'node:lts-alpine', 'httpd:2.4',
      'php:7.0-apache', 'mongo:4.4.6', 'memcached:1.6', 'golang:1.22', 'hashicorp/http-echo:1.0',
      'registry.k8s.io/pause:3.10', 'k8s.gcr.io/pause:3.1', 'gcr.io/google-samples/hello-app:2.0',
      'quay.io/fluentd_elasticsearch/fluentd:v2.5.2', 'registry.k8s.io/e2e-test-images/agnhost:2.40',
      'some/unknown:tag',
    ]) assert.equal(found(name), 'found', name);
  });

  it('has no tags that do not exist', () => {
    for (const name of ['nginx:does-not-exist', 'nginx:1.161', 'nginx:1.91', 'nginx:letest', 'busybox:2.0',
      'busybox:1.99', 'redis:99', 'ubuntu:13.37', 'python:9', 'alpine:4']) {
      assert.equal(found(name), 'notFound', name);
    }
  });

  it('starts something from every image by default', () => {
    for (const [name, image] of Object.entries(commonImages)) {
      const [command] = [...image.entrypoint ?? [], ...image.cmd ?? []];
      assert.ok(command, name);
      assert.equal(findExecutable(image, command).kind, 'found', `${name}: ${command}`);
      assert.ok(image.sizeBytes > 0, name);
      const sim = newSimulation();
      const container = new TestContainer(sim, [], { image: name });
      sim.runUntil(60_000);
      assert.ok(!container.log.some((line) => /not found|not modelled|only, not its function/.test(line)),
        `${name}: ${container.log.join('|')}`);
    }
  });

  it('every tool is a function of its name', () => {
    for (const [name, tool] of Object.entries(tools)) assert.equal(typeof tool, 'function', name);
  });
});
