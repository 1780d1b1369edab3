/** The entry for a desktop or remote extension host. Engine and endpoint lie in files of their
 * own, loaded on first use. */
import type { ExtensionContext } from 'vscode';
import { activateExtension, type KindergartenApi } from './vscode/extension';

/** Called by VS Code once, on the first use of something the extension contributes. */
export function activate(context: ExtensionContext): KindergartenApi {
  return activateExtension(context, () => import('./engine'), () => import('./endpoint'));
}
