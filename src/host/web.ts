/**
 * The entry for a browser's extension host (vscode.dev). It is the same extension in one file, because such a host
 * cannot load a second one; the engine in it is still set up on first use only.
 */
import type { ExtensionContext } from 'vscode';
import { activateExtension, type KindergartenApi } from './vscode/extension';

/** Called by VS Code once, on the first use of something the extension contributes. */
export function activate(context: ExtensionContext): KindergartenApi {
  return activateExtension(context, () => import('./engine'));
}
