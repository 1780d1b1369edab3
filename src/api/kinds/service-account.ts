/** ServiceAccount: an identity for pods. Models pkg/apis/core and pkg/registry/core/serviceaccount. */
import { defineKind } from '../kind';
import type { ServiceAccount } from '../types';
import { ageColumn, nameColumn } from './columns';
import { mapList } from './pod/container-defaults';

/** References to secrets keep nothing but the name. */
function withPlainSecrets(account: ServiceAccount): ServiceAccount {
  const secrets = mapList(account.secrets, (reference) => (
    Object.keys(reference).some((field) => field !== 'name') ? { name: reference.name ?? '' } : reference));
  return secrets === account.secrets ? account : { ...account, secrets: secrets ?? [] };
}

export const serviceAccountKind = defineKind<ServiceAccount>({
  group: '', version: 'v1', kind: 'ServiceAccount', listKind: 'ServiceAccountList',
  plural: 'serviceaccounts', singular: 'serviceaccount', shortNames: ['sa'],
  namespaced: true, schema: 'ServiceAccount', subresources: ['token'],
  prepareForCreate: withPlainSecrets,
  prepareForUpdate: withPlainSecrets,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'Secrets', type: 'string', description: 'Number of secrets that pods of the account may use.',
      cell: ({ secrets }) => secrets?.length ?? 0,
    },
    ageColumn,
  ],
});
