/**
 * Recognises text templates. A Helm chart's template is not YAML until Helm has rendered it; telling the user so is
 * better than a list of syntax errors. Only the delimiters are looked at, nothing is rendered.
 */

const helmObject = /\{\{-?[^}]*(\.(Values|Release|Chart|Capabilities|Files|Template)\b|\b(include|define|template) ")/;
const action = /(?<!\$)\{\{-?\s*(\/\*|[.$("]|[a-z]\w*\b(?!\s*:))/i;

/**
 * Whether a text looks like a Go template. Helm's own objects count anywhere. Any other action counts only where it is
 * no text of the document's own: a flow mapping `{{a: 1}: 2}` is YAML, and the placeholders of other tools stand in
 * quotes and block scalars (Prometheus alerts, Argo workflows), and `${{ }}` is GitHub's.
 */
export function looksLikeTemplate(text: string): boolean {
  if (helmObject.test(text)) return true;
  let blockIndent = -1;
  for (const line of text.split(/\r\n?|\n/)) {
    const indent = line.search(/\S/);
    if (indent < 0 || (blockIndent >= 0 && indent > blockIndent)) continue;
    blockIndent = -1;
    const code = line.replace(/(^|\s)#.*$/, '').replace(/"(\\.|[^"\\])*"|'[^']*'/g, '""');
    if (action.test(code)) return true;
    if (/(^|[:-]\s+)[|>][-+0-9]*\s*$/.test(code)) blockIndent = indent;
  }
  return false;
}
