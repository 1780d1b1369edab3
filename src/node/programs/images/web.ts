/** Images of web servers and of the small applications that tutorials put behind a Service. */
import type { ImageDescription, ProgramFactory } from '../../images';
import { agnhostProgram } from '../servers/agnhost';
import { nginxFiles, nginxProgram } from '../servers/nginx';
import {
  echoserverProgram, greetingProgram, guestbookProgram, helloAppProgram, hpaExampleProgram, httpdProgram,
  httpEchoProgram,
  livenessProgram, phpApacheProgram, whoamiProgram,
} from '../servers/web-servers';
import { entryPoint } from '../shell/entry-point';
import { majors, tagPattern } from './tags';

const nginxVersions = '(?:0\\.\\d|1)(?:\\.(?:[6-9]|1\\d|2[0-9])(?:\\.\\d{1,2})?)?';

const nginx: ImageDescription = {
  sizeBytes: 72_000_000,
  base: 'debian',
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  executables: { 'nginx': nginxProgram, '/docker-entrypoint.sh': entryPoint() },
  tools: ['curl'],
  files: nginxFiles,
  tags: tagPattern(nginxVersions, ['stable', 'mainline']),
};

/** An image of one program that is its entry point. */
function single(
  megabytes: number, path: string, program: ProgramFactory, more: Partial<ImageDescription> = {},
): ImageDescription {
  return { sizeBytes: megabytes * 1_000_000, base: 'scratch', entrypoint: [path], executables: { [path]: program },
    ...more };
}

const agnhost = single(53, '/agnhost', agnhostProgram, { base: 'busybox', cmd: ['pause'], tools: ['curl', 'dig'] });
const httpd: ImageDescription = {
  sizeBytes: 59_000_000, base: 'debian', cmd: ['httpd-foreground'],
  executables: { 'httpd-foreground': httpdProgram, 'httpd': httpdProgram },
  files: { '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n' },
  tags: tagPattern('2(?:\\.[24](?:\\.\\d{1,2})?)?'),
};
const hpaExample: ImageDescription = {
  sizeBytes: 185_000_000, base: 'debian', cmd: ['apache2-foreground'], tools: ['curl'],
  executables: { 'apache2-foreground': hpaExampleProgram },
};
const liveness = single(4, '/server', livenessProgram);
const echoserver: ImageDescription = {
  sizeBytes: 46_000_000, base: 'debian', cmd: ['/usr/local/bin/run.sh'], tools: ['curl'],
  executables: { '/usr/local/bin/run.sh': echoserverProgram }, tags: /^\d+\.\d+$/,
};
const whoami = single(3, '/whoami', whoamiProgram);
const bootcamp = (hostname: string): string => `Hello Kubernetes bootcamp! | Running on: ${hostname} | v=1\n`;
const hello = (version: string): ImageDescription =>
  single(11, './hello-app', helloAppProgram(version), { base: 'busybox' });
const guestbook: ImageDescription = {
  sizeBytes: 176_000_000, base: 'debian', cmd: ['apache2-foreground'],
  executables: { 'apache2-foreground': guestbookProgram },
};
const nodeHello = single(250, 'node', greetingProgram(8080, () => 'Hello Kubernetes!', 'ignored'), {
  base: 'debian', entrypoint: ['node'], cmd: ['server.js'],
});

export const webImages: Readonly<Record<string, ImageDescription>> = {
  'docker.io/library/nginx': nginx,
  'docker.io/nginxinc/nginx-unprivileged': {
    ...nginx, user: 101,
    files: { ...nginxFiles, '/etc/nginx/conf.d/default.conf': 'server {\n  listen 8080;\n  root '
      + '/usr/share/nginx/html;\n}\n' },
  },
  'docker.io/nginxdemos/hello': single(17, 'nginx', helloAppProgram('nginxdemos'),
    { base: 'busybox', entrypoint: ['nginx'], env: { PORT: '80' } }),
  'docker.io/library/httpd': httpd,
  'docker.io/library/php': {
    sizeBytes: 178_000_000, base: 'debian', cmd: ['apache2-foreground'], tools: ['curl'],
    executables: { 'apache2-foreground': phpApacheProgram }, files: { '/var/www/html/.keep': '' },
    tags: tagPattern(majors(5, 7, 8)),
  },
  'docker.io/library/wordpress': {
    sizeBytes: 240_000_000, base: 'debian', entrypoint: ['docker-entrypoint.sh'], cmd: ['apache2-foreground'],
    tools: ['curl'],
    executables: { 'docker-entrypoint.sh': entryPoint(), 'apache2-foreground': phpApacheProgram },
    files: { '/var/www/html/index.html': '<html><body><h1>WordPress</h1></body></html>\n' },
    tags: tagPattern(majors(4, 5, 6), ['php8.2', 'php8.3', 'php8.4']),
  },
  'registry.k8s.io/hpa-example': hpaExample,
  'registry.k8s.io/goproxy': single(111, '/goproxy', greetingProgram(8080, () => '', 2)),
  'k8s.gcr.io/hpa-example': hpaExample,
  'registry.k8s.io/echoserver': echoserver,
  'k8s.gcr.io/echoserver': echoserver,
  'gcr.io/google_containers/echoserver': echoserver,
  'gcr.io/google-containers/echoserver': echoserver,
  'docker.io/kicbase/echo-server': single(2, '/bin/echo-server', echoserverProgram),
  'docker.io/hashicorp/http-echo': single(3, '/http-echo', httpEchoProgram,
    { tags: /^(0\.2\.[13]|1(\.0(\.\d)?)?|alpine)$/ }),
  'docker.io/traefik/whoami': whoami,
  'docker.io/containous/whoami': whoami,
  'docker.io/jwilder/whoami': single(6, '/app/http', helloAppProgram('whoami'), { env: { PORT: '8000' } }),
  'docker.io/stefanprodan/podinfo': single(21, './podinfo',
    greetingProgram(9898, () => '{\n  "message": "greetings from podinfo"\n}\n', 0), { base: 'busybox' }),
  'docker.io/nigelpoulton/k8sbook': nodeHello,
  'docker.io/paulbouwer/hello-kubernetes': nodeHello,
  'gcr.io/google-samples/hello-app': { ...hello('1.0.0'), tags: /^[12]\.0$/ },
  'us-docker.pkg.dev/google-samples/containers/gke/hello-app': { ...hello('1.0.0'), tags: /^[12]\.0$/ },
  'gcr.io/google-samples/node-hello': nodeHello,
  'gcr.io/google-samples/hello-go-gke': single(11, '/hello', greetingProgram(80, () => '{"message":"Hello"}\n', 2)),
  'gcr.io/google-samples/hello-frontend': { ...nginx, tags: undefined },
  'gcr.io/google-samples/gb-frontend': guestbook,
  'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend': guestbook,
  'gcr.io/google-samples/kubernetes-bootcamp': single(80, 'node', greetingProgram(8080, bootcamp, 'ignored'), {
    base: 'debian', entrypoint: ['node'], cmd: ['server.js'], tools: ['curl', 'ps'],
  }),
  'docker.io/jocatalin/kubernetes-bootcamp': single(80, 'node', greetingProgram(8080, bootcamp, 'ignored'), {
    base: 'debian', entrypoint: ['node'], cmd: ['server.js'], tools: ['curl', 'ps'],
  }),
  'registry.k8s.io/e2e-test-images/agnhost': agnhost,
  'k8s.gcr.io/e2e-test-images/agnhost': agnhost,
  'registry.k8s.io/serve_hostname': single(6, '/serve_hostname', (context) =>
    agnhostProgram({ ...context, command: ['/agnhost', 'serve-hostname', ...context.command.slice(1)] })),
  'registry.k8s.io/liveness': liveness,
  'registry.k8s.io/e2e-test-images/liveness': liveness,
  'k8s.gcr.io/liveness': liveness,
  'gcr.io/google_containers/liveness': liveness,
  'registry.k8s.io/nginx-slim': { ...nginx, entrypoint: undefined, tags: undefined },
  'registry.k8s.io/nginx': { ...nginx, entrypoint: undefined, tags: undefined },
  'k8s.gcr.io/nginx-slim': { ...nginx, entrypoint: undefined, tags: undefined },
};
