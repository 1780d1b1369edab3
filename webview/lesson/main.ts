/** The entry of the lesson player's page: connects the page with the extension host. */
import type { HostToLesson, LessonToHost } from '../../src/protocol/lesson';
import { LessonView } from './page';

declare function acquireVsCodeApi(): { postMessage(message: LessonToHost): void };

const host = acquireVsCodeApi();
const root = document.getElementById('app');
if (root) {
  const view = new LessonView(root, (message) => host.postMessage(message));
  window.addEventListener('message', ({ data }: MessageEvent<HostToLesson | undefined>) => {
    if (data?.type === 'page') view.show(data.page);
  });
  host.postMessage({ type: 'ready' });
}
