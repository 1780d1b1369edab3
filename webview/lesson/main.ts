/** The entry of the lesson player's page: connects the page with the extension host. */
import type { HostToLesson, LessonToHost } from '../../src/protocol/lesson';
import { LessonView } from './page';

declare function acquireVsCodeApi(): { postMessage(message: LessonToHost): void };

const askAgainMs = 2_000;
const host = acquireVsCodeApi();
const root = document.getElementById('app');
if (root) {
  const view = new LessonView(root, (message) => host.postMessage(message));
  const ready = (): void => host.postMessage({ type: 'ready' });
  // While a window reloads, a message may be lost on its way: so it is asked for until there is something to show.
  const asking = setInterval(ready, askAgainMs);
  window.addEventListener('message', ({ data }: MessageEvent<HostToLesson | undefined>) => {
    if (data?.type !== 'page') return;
    clearInterval(asking);
    view.show(data.page);
  });
  ready();
}
