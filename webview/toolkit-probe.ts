/**
 * To be imported before @vscode/webview-ui-toolkit. While it loads, the toolkit finds out whether the browser knows
 * `:focus-visible` by putting an empty <style> into the page, which a strict Content-Security-Policy reports as a
 * violation. Until `endProbe` is called, the probe gets something that is no
 * style element and answers it all the same.
 */
const create = document.createElement.bind(document);

function createQuietly(tag: string, options?: ElementCreationOptions): HTMLElement {
  if (tag !== 'style') return create(tag, options);
  // Anything that is no style element can stand in the page unnoticed; the rules go into a sheet of its own.
  const element = create('template');
  Object.defineProperty(element, 'sheet', { value: new CSSStyleSheet() });
  return element;
}

document.createElement = createQuietly as typeof document.createElement;

/** To be called when the toolkit has loaded. */
export function endProbe(): void {
  document.createElement = create as typeof document.createElement;
}
