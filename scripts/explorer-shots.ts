/** What the pictures of the panel show: which state, what the host sends, and what is done before the picture is taken. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInKinds } from '../src/api/kinds';
import { kindRegistry } from '../src/api/registry';
import { readLesson } from '../src/check/lesson/read-lesson';
import type { Cluster } from '../src/cluster/cluster';
import { timelineOf } from '../src/cluster/history/timeline';
import { insideView } from '../src/cluster/views/inside/inside-view';
import { studyOf } from '../src/cluster/views/study/study';
import { whyOf } from '../src/cluster/views/why';
import { hopsSince, traceUpTo } from '../src/host/vscode/diagram/hops';
import type { LessonPage } from '../src/protocol/lesson';
import type { HostToPanel, Language, PanelState } from '../src/protocol/messages';
import type { StudyRequest } from '../src/protocol/study';
import type { ClusterView } from '../src/protocol/view';
import type { WebviewPage } from '../test/support/browser';
import { apply, bootedCluster, example } from '../test/support/cluster';
import { fleet } from '../test/webview/fleet-fixture';
import { presets } from '../webview/scene/viewpoint';
import { root } from './paths';

export interface Shot {
  readonly name: string;
  readonly state?: PanelState;
  /** Script and style sheet of another page than the diagram's. */
  readonly files?: { readonly script: string; readonly style: string };
  messages(language: Language): readonly unknown[];
  /** What has to be there before anything else is done. */
  readonly ready: string;
  /** What is done on the page before the picture is taken. */
  readonly act?: (webview: WebviewPage) => Promise<void>;
}

const drawn = '.diagram [data-box]:visible, canvas.heat-map:visible';

/** What does not go well: a pod that no node may take, one that none has room for, one without an image. */
const troubles = `apiVersion: v1
kind: Pod
metadata: { name: fussy }
spec: { nodeSelector: { disk: ssd }, containers: [{ name: app, image: nginx:1.27 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: huge }
spec: { containers: [{ name: app, image: nginx:1.27, resources: { requests: { cpu: "900" } } }] }
---
apiVersion: v1
kind: Pod
metadata: { name: broken }
spec: { containers: [{ name: app, image: "nginx:does-not-exist" }] }
`;

/** Every view, level and dialog, of a cluster in which all is well; the tables and troubles of one in which it is not. */
export function explorerShots(): Shot[] {
  const cluster = bootedCluster(1, 2);
  apply(cluster, example('deployment.yaml'));
  cluster.settle();
  const troubled = bootedCluster(1, 3);
  apply(troubled, example('deployment.yaml'));
  apply(troubled, troubles);
  troubled.runFor(420_000);
  const view = stillView(cluster);
  const pod = view.nodes.flatMap(({ pods }) => pods).find(({ namespace }) => namespace === 'default');
  const podName = `default/${pod?.name ?? ''}`;
  const of = (name: string, state: PanelState, act?: Shot['act'], source = cluster): Shot =>
    ({ name, state, ready: drawn, messages: (language) => arrival(source, language, state), ...(act ? { act } : {}) });
  const tables = (name: string, request: StudyRequest, act?: Shot['act']): Shot => ({
    name, state: { study: request.kind }, ready: '.study-page',
    messages: (language) => arrival(troubled, language, {}, request), ...(act ? { act } : {}),
  });
  const focuses: readonly (readonly [string, string])[] = [
    ['node', `node/${pod?.node ?? ''}`], ['control-plane-node', 'node/kind-control-plane'],
    ['apiserver', 'kube-apiserver@kind-control-plane'], ['etcd', 'etcd@kind-control-plane'],
    ['scheduler', 'kube-scheduler@kind-control-plane'], ['controllers', 'kube-controller-manager@kind-control-plane'],
    ['kubelet', `kubelet@${pod?.node ?? ''}`], ['kube-proxy', `kube-proxy@${pod?.node ?? ''}`],
    ['pod', `pod/${podName}`], ['container', `container/${podName}/${pod?.containers[0]?.name ?? ''}`],
  ];
  const pods = stillView(troubled).nodes.flatMap((node) => node.pods);
  const placed = `default/${pods.find(({ namespace, owner }) => namespace === 'default' && owner)?.name ?? ''}`;
  return [
    ...presets.map((preset) => of(`view-${preset}`, { preset })),
    ...focuses.map(([name, focus]) => of(`zoom-${name}`, { focus })),
    of('details-why', { selection: `pod/${podName}` }, async ({ page, post }) => {
      await page.getByRole('button', { name: /Why\?|Warum\?/ }).click();
      await post({
        type: 'why',
        box: `pod/${podName}`,
        hops: whyOf(`pod/${podName}`, cluster.trace, cluster.trace.length),
      });
    }),
    of('troubles', { selection: 'pod/default/huge' }, undefined, troubled),
    of('legend', {}, ({ page }) => page.keyboard.press('l')),
    of('help', {}, ({ page }) => page.keyboard.press('?')),
    of('search', {}, async ({ page }) => {
      await page.keyboard.press('/');
      await page.keyboard.type('web');
    }),
    of('export', {}, ({ page }) => page.getByRole('button', { name: /Save as picture|Als Bild speichern/ }).click()),
    of('transcript', { folded: true, transcriptOpen: true }),
    pastShot(cluster),
    of('palette', { selection: `kubelet@${pod?.node ?? ''}` }),
    tables('scheduling-placed', { kind: 'scheduling', pod: placed }, ({ page }) =>
      page.locator('.grid td.look-best').first().click(),
    ),
    tables('scheduling-pending', { kind: 'scheduling', pod: 'default/huge' }),
    tables('etcd-keys', { kind: 'etcd' }),
    tables('etcd-history', { kind: 'etcd', prefix: '/registry/pods/default/', key: `/registry/pods/${placed}` }),
  ];
}

function stillView(cluster: Cluster): ClusterView {
  return { ...cluster.view(), run: { mode: 'paused', speed: 1, quiet: true } };
}

/** What the host sends to a panel that has just opened. */
function arrival(
  cluster: Cluster,
  language: Language,
  { focus, selection }: PanelState,
  request?: StudyRequest,
): HostToPanel[] {
  const hops = cluster.trace.slice(cluster.trace.length - 20_000);
  const view = stillView(cluster);
  const inside = focus === undefined ? undefined : insideView(focus, { view, objects: cluster.objects, hops });
  const timeline = timelineOf(cluster.history, cluster.trace.length);
  return [
    {
      type: 'snapshot',
      language,
      view,
      recentHops: hopsSince(cluster.trace, 0).hops,
      palette: 'theme',
      ...(inside ? { inside } : {}),
      ...(selection === undefined ? {} : { selection }),
      ...(request ? { study: studyOf(request, cluster, undefined) } : {}),
    },
    ...(timeline ? [{ type: 'timeline' as const, timeline }] : []),
  ];
}

/** A moment of the past, in the middle of the run. */
function pastShot(cluster: Cluster): Shot {
  const moment = cluster.history.ofRevision(Math.round(cluster.objects.revision * 0.8));
  if (!moment) throw new Error('the run has a middle');
  const { hops, atMs, revision } = moment;
  const presentHops = cluster.trace.length;
  const timeline = timelineOf(cluster.history, hops);
  return {
    name: 'timeline-past',
    ready: drawn,
    messages: (language) => [
      {
        type: 'snapshot',
        language,
        view: cluster.at(moment).view(),
        recentHops: hopsSince(traceUpTo(cluster.trace, hops), 0).hops,
        past: { hops, atMs, revision, presentHops },
      },
      { type: 'timeline', timeline },
    ],
  };
}

/** Clusters that grow, up to the limit. */
export function scaleShots(): Shot[] {
  return [60, 600, 5_000].map((nodes) => ({
    name: `scale-${nodes}`, ready: drawn,
    messages: (language) => [{ type: 'snapshot', language, view: fleet(nodes, 30), recentHops: [] }],
  }));
}

/** The first step of the first lesson, before its prediction and after it. */
export function lessonShots(): Shot[] {
  const files = { script: 'dist/webview/lesson.js', style: 'dist/webview/lesson.css' };
  const read = readLesson(
    readFileSync(join(root, 'media', 'lessons', 'l01-first-cluster.yaml'), 'utf8'),
    kindRegistry(builtInKinds),
  );
  const { lesson } = read;
  const step = lesson?.steps[0];
  if (!lesson || !step?.predict) throw new Error('the first lesson begins with a prediction');
  const { predict, yaml, commands } = step;
  const page = (language: Language, chosen?: string): LessonPage => {
    const say = (english: string, german: string): string => (language === 'de' ? german : english);
    const isOpen = chosen !== undefined;
    return {
      language,
      heading: `${lesson.number} ${lesson.title[language]}`,
      subheading: `${say('Step', 'Schritt')} 1: ${step.title[language]}`,
      text: `*${lesson.goal[language]}*\n\n${step.text[language]}`,
      answerLabel: say('Answer', 'Antworten'),
      status: isOpen
        ? say('0 of 1 checks hold.', '0 von 1 Prüfungen gelten.')
        : say('Make your prediction first.', 'Sage zuerst voraus.'),
      prediction: {
        heading: say('Predict first', 'Zuerst vorhersagen'),
        question: {
          id: predict.id,
          text: predict.question[language],
          ...(isOpen ? { chosen } : {}),
          options: (predict.choices ?? []).map(({ text }, at) => ({ id: String(at), text: text[language] })),
        },
      },
      ...(isOpen && yaml
        ? { yaml: { heading: say(`Write this into ${yaml.file}`, `Schreibe das in ${yaml.file}`), text: yaml.text } }
        : {}),
      ...(isOpen && commands
        ? { commands: { heading: say('In the sandbox terminal', 'Im Terminal der Sandbox'), lines: commands } }
        : {}),
      ...(isOpen
        ? {
            checks: {
              heading: say('Check', 'Prüfung'),
              rows: [
                { met: false, text: say('Expected: 2 nodes Ready. Found: 0', 'Erwartet: 2 Nodes Ready. Gefunden: 0') },
              ],
            },
          }
        : {}),
      buttons: [
        { action: 'next', text: say('Next', 'Weiter'), enabled: false, primary: true },
        { action: 'insertYaml', text: say('Insert YAML', 'YAML einfügen'), enabled: isOpen },
        { action: 'hint', text: say('Hint', 'Hinweis'), enabled: isOpen },
        { action: 'showMe', text: say('Show Me', 'Zeig es mir'), enabled: isOpen },
        { action: 'skip', text: say('Skip', 'Überspringen'), enabled: true },
        { action: 'close', text: say('All Lessons', 'Alle Lektionen'), enabled: true },
      ],
    };
  };
  const shot = (name: string, chosen?: string): Shot =>
    ({ name, files, ready: 'h1', messages: (language) => [{ type: 'page', page: page(language, chosen) }] });
  return [shot('lesson-gate'), shot('lesson-open', '0')];
}
