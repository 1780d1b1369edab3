/**
 * Name resolution of a pod: dnsPolicy, dnsConfig and entries of the hosts file. Models validatePodDNSConfig and
 * ValidateHostAliases of pkg/apis/core/validation, with the relaxed search domains of v1.34.
 */
import { child, index, invalid, required } from '../../../field-errors';
import { byteLength, dnsSubdomainProblems, maxLengthMessage, maxSubdomainBytes } from '../../../names';
import type { PodDNSConfig, PodSpec } from '../../../types';
import { checkOneOf, checkProblems, eachItem } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import { checkIp } from '../../ip-address';

const maxNameservers = 3;
const maxSearches = 32;
const maxSearchCharacters = 2048;
const policies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const underscoredText = '[a-z0-9_]([-_a-z0-9]*[a-z0-9])?(\\.[a-z0-9_]([-_a-z0-9]*[a-z0-9])?)*';
const underscored = new RegExp(`^(?:${underscoredText})$`);

/** The policy and the configuration that goes with it. */
export function checkDns(spec: PodSpec, path: string, errors: FieldErrors): void {
  checkOneOf(spec.dnsPolicy, policies, child(path, 'dnsPolicy'), errors, true);
  const config = spec.dnsConfig;
  const at = child(path, 'dnsConfig');
  if (spec.dnsPolicy === 'None') {
    if (config === undefined) {
      errors.push(required(at, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if (!config.nameservers?.length) {
      const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      errors.push(required(child(at, 'nameservers'), detail));
      return;
    }
  }
  if (config !== undefined) checkConfig(config, at, errors);
}

function checkConfig(config: PodDNSConfig, path: string, errors: FieldErrors): void {
  const { nameservers = [], searches = [], options = [] } = config;
  const serversPath = child(path, 'nameservers');
  if (nameservers.length > maxNameservers) {
    errors.push(invalid(serversPath, nameservers, `must not have more than ${maxNameservers} nameservers`));
  }
  eachItem(nameservers, serversPath, (server, at) => checkIp(server, at, errors));
  const searchesPath = child(path, 'searches');
  if (searches.length > maxSearches) {
    errors.push(invalid(searchesPath, searches, `must not have more than ${maxSearches} search paths`));
  }
  if (byteLength(searches.join(' ')) > maxSearchCharacters) {
    const detail = `must not have more than ${maxSearchCharacters} characters (including spaces) in the search list`;
    errors.push(invalid(searchesPath, searches, detail));
  }
  eachItem(searches, searchesPath, (search, at) => {
    if (search === '.') return;
    const domain = search.endsWith('.') ? search.slice(0, -1) : search;
    checkProblems(searchProblems(domain), domain, at, errors);
  });
  options.forEach((option, i) => {
    if (!option.name) errors.push(required(index(child(path, 'options'), i), 'must not be empty'));
  });
}

/** A DNS subdomain in which labels may hold underscores: IsDNS1123SubdomainWithUnderscore. */
function searchProblems(domain: string): readonly string[] {
  const problems: string[] = [];
  if (byteLength(domain) > maxSubdomainBytes) problems.push(maxLengthMessage(maxSubdomainBytes));
  if (!underscored.test(domain)) {
    problems.push('a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '
      + "'-', '_', or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "
      + `regex used for validation is '${underscoredText}')`);
  }
  return problems;
}

/** Entries of the hosts file. */
export function checkHostAliases(spec: PodSpec, path: string, errors: FieldErrors): void {
  eachItem(spec.hostAliases, child(path, 'hostAliases'), (alias, at) => {
    checkIp(alias.ip ?? '', child(at, 'ip'), errors);
    eachItem(alias.hostnames, child(at, 'hostnames'), (name, namePath) => {
      checkProblems(dnsSubdomainProblems(name), name, namePath, errors);
    });
  });
}
