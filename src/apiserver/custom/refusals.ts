/**
 * What is refused of custom resources whatever the request says: new objects of a kind whose definition is going, and
 * versions that only a conversion webhook could make of what is stored. Models checks of customresource_handler.go;
 * conversion webhooks are not called.
 */
import { isConditionTrue } from '../../api/custom/definition';
import { failure, type FailureStatus, methodNotSupported } from '../../api/status';
import type { CustomResourceDefinition } from '../../api/types';
import type { ResourceType } from '../../api/request';
import type { ObjectReader } from '../objects';
import type { ServedResource } from '../storage/served-resource';

export const definitions: ResourceType<CustomResourceDefinition> = Object.freeze({
  group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition', namespaced: false,
});

/** The refusal of a request for a custom resource; undefined when the registry may go on. */
export function customRefusal(
  { kind, groupKind, groupResource, name, storage }: ServedResource, verb: string, objects: ObjectReader,
): FailureStatus | undefined {
  const isConverted = kind.version !== storage.kind.version;
  if (kind.jsonSchema === undefined || (verb !== 'create' && !isConverted)) return undefined;
  const definition = objects.get(definitions, undefined, name);
  if (!definition) return undefined;
  if (isConverted && definition.spec.conversion?.strategy === 'Webhook') {
    const what = `${storage.apiVersion}, Kind=${groupKind.kind}`;
    return failure(500, 'InternalError', `conversion webhook for ${what} failed: conversion webhooks are not modelled`);
  }
  if (verb !== 'create' || !isConditionTrue(definition, 'Terminating')) return undefined;
  const { details } = methodNotSupported(groupResource, 'create');
  return failure(
    405,
    'MethodNotAllowed',
    'create not allowed while custom resource definition is terminating',
    details,
  );
}
