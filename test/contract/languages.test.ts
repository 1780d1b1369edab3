/** Every text that a user can see exists in English and in German. */
import assert from 'node:assert/strict';
import { languages, manifest, placeholders, readTexts, sourceText, stringsIn } from './manifest';

/** Properties of package.json's contributions that VS Code shows to people. */
const visible = new Set([
  'title', 'shortTitle', 'category', 'description', 'markdownDescription', 'deprecationMessage', 'enumDescriptions',
  'markdownEnumDescriptions', 'enumItemLabels', 'label', 'contents', 'name', 'contextualTitle', 'altText',
  'userDescription', 'modelDescription', 'displayName',
]);

/** Inside these, `name` and the like are identifiers or patterns and not shown. */
const notShown = new Set(['grammars', 'problemMatchers', 'problemPatterns', 'jsonValidation', 'yamlValidation']);

const english = readTexts('package.nls.json');
const contributed = stringsIn(manifest.contributes ?? {});
const used = [...new Set(stringsIn(manifest).flatMap(({ text }) => /^%(.+)%$/.exec(text)?.[1] ?? []))].sort();

describe('texts of package.json', () => {
  it('are all looked up by key', () => {
    const plain = contributed.filter(({ path, text }) => {
      const property = path.filter((name) => !/^\d+$/.test(name)).at(-1) ?? '';
      return visible.has(property) && !notShown.has(path[0] ?? '') && !/^%.+%$/.test(text);
    });
    assert.deepEqual(plain.map(({ path, text }) => `${path.join('.')}: ${text}`), []);
  });

  it('exist in English, and no others', () => {
    assert.deepEqual(Object.keys(english).sort(), used);
  });

  for (const language of languages) {
    it(`exist in ${language}, and no others`, () => {
      const texts = readTexts(`package.nls.${language}.json`);
      assert.deepEqual(Object.keys(texts).sort(), used);
      assert.deepEqual(Object.keys(texts).filter((key) => texts[key]?.trim() === ''), []);
    });
  }
});

describe('texts of the host', () => {
  const source = sourceText('src/host');
  const inSource = [...new Set(messagesIn(source))].sort();

  for (const language of languages) {
    const bundle = readTexts(`l10n/bundle.l10n.${language}.json`);

    it(`exist in ${language}`, () => {
      assert.deepEqual(inSource.filter((message) => !bundle[message]), []);
    });

    it(`keep their placeholders in ${language}`, () => {
      for (const [message, text] of Object.entries(bundle)) {
        assert.deepEqual(placeholders(text), placeholders(message), `${message} -> ${text}`);
      }
    });

    it(`are still used, all that ${language} has`, () => {
      // A message may be chosen from a table rather than written inside the call, so any mention counts.
      const mentions = (message: string): boolean => inSource.includes(message)
        || [message, message.replaceAll('\'', '\\\'')].some((text) => source.includes(text.replaceAll('\n', '\\n')));
      assert.deepEqual(Object.keys(bundle).filter((message) => !mentions(message)), []);
    });
  }

  it('are found in the source in every way of writing them', () => {
    const text = [
      'l10n.t(\'a {0}\', x); vscode.l10n.t(\n  "it\'s b"\n);', 'l10n.t(\'c \'\n + \'d\'); l10n.t({ message: \'e\' });',
    ].join('\n');
    assert.deepEqual(messagesIn(text), ['a {0}', 'it\'s b', 'c d', 'e']);
  });
});

/** The messages of `l10n.t(...)` calls that are written as literals, also as a sum of literals. */
function messagesIn(source: string): string[] {
  const literal = String.raw`(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")`;
  const call = new RegExp(String.raw`\bl10n\.t\(\s*(?:\{\s*message:\s*)?(${literal}(?:\s*\+\s*${literal})*)`, 'g');
  return [...source.matchAll(call)].map(([, sum]) =>
    [...(sum ?? '').matchAll(new RegExp(literal, 'g'))].map(([text]) => unquote(text)).join(''));
}

function unquote(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
