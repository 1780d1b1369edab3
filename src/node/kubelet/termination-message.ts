/**
 * The last words of a container: what it wrote to its termination log, or the end of its output when it failed and the
 * container asks for that. The file lies on the node's disk and is mounted into the container. Models kuberuntime's
 * getTerminationMessage.
 */
import type { Container, Pod } from '../../api/types';
import { byteLength, bytesOfText, textOfBytes } from '../../base/byte-text';
import { fnv1a32 } from '../../base/hash';
import type { ContainerStatus as RuntimeContainer, CriMount } from '../cri';
import type { FileTree } from '../filesystem';
import { ContainerLog } from '../runtime/container-log';

const messageLimit = 4_096;
const logMessageLimit = 2_048;
const logMessageLines = 80;

/** Where the termination log of a run lies on the node. */
function terminationLog(podUid: string, container: string, attempt: number): string {
  const name = fnv1a32(`${podUid}/${container}/${attempt}`).toString(16).padStart(8, '0');
  return `/var/lib/kubelet/pods/${podUid}/containers/${container}/${name}`;
}

/** The mount of a run's termination log; its file is made when the container first writes to it. */
export function terminationMount({ metadata }: Pod, container: Container, attempt: number): CriMount {
  return {
    containerPath: container.terminationMessagePath || '/dev/termination-log',
    hostPath: terminationLog(metadata.uid, container.name, attempt), readOnly: false,
  };
}

/** What the status of a run that has ended says: the runtime's own message, then the container's. */
export function terminationMessage(
  files: FileTree, podUid: string, container: Container, run: RuntimeContainer,
): string {
  const written = limited(files.read(terminationLog(podUid, run.name, run.attempt)) ?? '', messageLimit);
  const fallBack = container.terminationMessagePolicy === 'FallbackToLogsOnError' && run.exitCode !== 0;
  const own = written === '' && fallBack ? lastOutput(files, run.logPath) : written;
  return own === '' || run.message === '' ? run.message + own : `${run.message}: ${own}`;
}

function lastOutput(files: FileTree, path: string): string {
  const log = files.content(path);
  if (!(log instanceof ContainerLog)) return '';
  const text = log.lines.slice(-logMessageLines).map((line) => `${line.text}${line.partial ? '' : '\n'}`).join('');
  const bytes = bytesOfText(text);
  return textOfBytes(bytes.subarray(Math.max(0, bytes.length - logMessageLimit)));
}

function limited(text: string, limit: number): string {
  return byteLength(text) <= limit ? text : textOfBytes(bytesOfText(text).subarray(0, limit));
}
