/**
 * The Accept header as a list of media types with their parameters, the most wanted first. Models goautoneg.ParseAccept
 * as apiserver's pkg/endpoints/handlers/negotiation uses it.
 */

/** One media type of an Accept header. */
export interface AcceptedType {
  /** In lower case: `application/json`, or with `*` for any. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The clauses of an Accept header by preference; equal ones keep their order. An empty header takes anything. */
export function acceptedTypes(accept: string): readonly AcceptedType[] {
  const clauses = accept.split(',').map((clause) => clause.trim()).filter((clause) => clause !== '');
  if (clauses.length === 0) return [{ type: '*/*', parameters: new Map() }];
  const parsed = clauses.map((clause) => {
    const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toLowerCase(), value.trim()];
    }));
    const quality = Number(parameters.get('q') ?? '1');
    return { type: type.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 1 };
  });
  return parsed.sort((a, b) => b.quality - a.quality);
}
