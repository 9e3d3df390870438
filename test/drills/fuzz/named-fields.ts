import type { ApiContract } from '../../harness/api-contract';
import type { FuzzedRequest } from '../../harness/fuzzed-requests';

/** An answer repeats long names in part. */
const SHOWN = 20;

/** Of violations that are told one by one, those that name no field, parameter or key of the request. */
export function unnamed(contract: ApiContract, request: FuzzedRequest, answer: string): string[] {
  const told = violationsIn(answer);
  if (told.length === 0) return [];
  const names = [...namesOf(contract), ...keysOf(request.body), ...parametersOf(request.path)];
  return told
    .filter((violation) => !names.some((name) => isNamed(name, violation)))
    .map((violation) => `${request.method} ${request.path.slice(0, 80)}: ${violation.slice(0, 200)}`);
}

/** As a word of its own, or, of a name that is none, where a sentence begins. */
function isNamed(name: string, violation: string): boolean {
  if (!/^\w+$/.test(name)) return violation.startsWith(name.slice(0, SHOWN));
  return new RegExp(`(?:^|\\W)${name.slice(0, SHOWN)}`, 'i').test(violation);
}

function violationsIn(answer: string): readonly string[] {
  const { message, error } = JSON.parse(answer) as {
    message?: unknown;
    error?: { details?: { violations?: unknown } } | string;
  };
  const list = Array.isArray(message) ? message : typeof error === 'object' ? error.details?.violations : [];
  return Array.isArray(list) ? list.map(String) : [];
}

/** Every name that the document knows. */
function namesOf(contract: ApiContract): readonly string[] {
  const { schemas } = contract.document.components;
  const fields = Object.values(schemas).flatMap(({ properties = {} }) => Object.keys(properties));
  const parameters = contract.operations().flatMap(({ operation }) => operation.parameters ?? []);
  return [...fields, ...parameters.map(({ name }) => name), 'body'];
}

function keysOf(body: FuzzedRequest['body']): readonly string[] {
  if (typeof body !== 'string') return [];
  try {
    const sent = JSON.parse(body) as unknown;
    return typeof sent === 'object' && sent !== null ? Object.keys(sent) : [];
  } catch {
    return [];
  }
}

function parametersOf(path: string): readonly string[] {
  return [...new URLSearchParams(path.split('?')[1] ?? '').keys()];
}
