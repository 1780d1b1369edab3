/** Images of databases, caches, brokers, logging and monitoring: see servers/daemons. */
import type { ContainerContext, ImageDescription } from '../../images';
import { daemonImage } from '../servers/daemons';
import type { StartFailure } from '../servers/http-server';
import { redisImage } from '../servers/redis';
import { entryPoint } from '../shell/entry-point';
import { majors, tagPattern } from './tags';

const mebibyte = 1024 * 1024;

const postgresRefusal = [
  'Error: Database is uninitialized and superuser password is not specified.',
  '       You must specify POSTGRES_PASSWORD to a non-empty value for the',
  '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".', '',
  '       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all',
  '       connections without a password. This is *not* recommended.', '',
  '       See PostgreSQL documentation about "trust":',
  '       https://www.postgresql.org/docs/current/auth-trust.html',
].join('\n');

function postgresDemands({ env }: ContainerContext): StartFailure | undefined {
  const given = env['POSTGRES_PASSWORD'] || env['POSTGRES_PASSWORD_FILE']
    || env['POSTGRES_HOST_AUTH_METHOD'] === 'trust';
  return given ? undefined : { message: postgresRefusal, code: 1 };
}

/** The entry points of mysql and mariadb say the same with different names of variables. */
function passwordDemand(who: string, prefixes: readonly string[], shown: string) {
  const names = ['ROOT_PASSWORD', 'ROOT_PASSWORD_FILE', 'ALLOW_EMPTY_PASSWORD', 'ALLOW_EMPTY_ROOT_PASSWORD',
    'RANDOM_ROOT_PASSWORD', 'ROOT_PASSWORD_HASH'];
  return ({ env }: ContainerContext): StartFailure | undefined => {
    const given = prefixes.some((prefix) => names.some((name) => env[`${prefix}_${name}`]));
    return given ? undefined : { message: `[ERROR] [Entrypoint]: ${who}\n${shown}`, code: 1 };
  };
}

const mysqlDemands = passwordDemand('Database is uninitialized and password option is not specified', ['MYSQL'], [
  '    You need to specify one of the following as an environment variable:', '    - MYSQL_ROOT_PASSWORD',
  '    - MYSQL_ALLOW_EMPTY_PASSWORD', '    - MYSQL_RANDOM_ROOT_PASSWORD',
].join('\n'));
const mariadbDemands = passwordDemand('Database is uninitialized and password option is not specified',
  ['MARIADB', 'MYSQL'],
  '\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD '
    + 'and MARIADB_RANDOM_ROOT_PASSWORD');

const scriptEntry = { entrypoint: ['docker-entrypoint.sh'] } as const;
const prometheusBanner = ['level=INFO msg="Server is ready to receive web requests."'];

/** An image of one program without a base, started by its own path. */
function binary(
  name: string, megabytes: number, ports: readonly number[], banner: readonly string[], memoryMebibytes: number,
  http?: Readonly<Record<string, string>>,
): ImageDescription {
  const row = { ports, banner, memoryBytes: memoryMebibytes * mebibyte, onTerminate: 0, ...(http ? { http } : {}) };
  return daemonImage(name, megabytes, row, { base: 'busybox', entrypoint: [name], cmd: [] });
}

const metricsPage = { '/metrics': 'up 1\n', '/-/healthy': 'Healthy.\n', '/-/ready': 'Ready.\n', '*': 'OK\n' };
const fluentd = binary('fluentd', 90, [24224, 24231], ['[info]: #0 fluentd worker is now running worker=0'], 60,
  { '/metrics': 'up 1\n', '*': '' });
const elasticsearch = daemonImage('elasticsearch', 480, {
  ports: [9200, 9300], startMs: 8_000, banner: ['{"log.level":"INFO", "message":"started"}'],
  memoryBytes: 700 * mebibyte, onTerminate: 143,
  http: { '/_cluster/health': '{"cluster_name":"docker-cluster","status":"green"}',
    '*': '{"cluster_name":"docker-cluster","tagline":"You Know, for Search"}\n' },
}, { entrypoint: ['/bin/tini', '--', '/usr/local/bin/docker-entrypoint.sh'], cmd: ['eswrapper'], tools: ['curl'] });

/** Elasticsearch and Kibana come with an init process and a wrapper in front. */
function wrapped(description: ImageDescription, name: string): ImageDescription {
  const program = description.executables?.[name];
  return program ? { ...description, executables: { ...description.executables, '/bin/tini': program } } : description;
}

export const daemonImages: Readonly<Record<string, ImageDescription>> = {
  'docker.io/library/redis': redisImage(45, tagPattern(majors(2, 3, 4, 5, 6, 7, 8))),
  'docker.io/valkey/valkey': redisImage(45, tagPattern(majors(7, 8, 9))),
  'docker.io/bitnami/redis': redisImage(95),
  'registry.k8s.io/redis': redisImage(180),
  'k8s.gcr.io/redis': redisImage(180),
  'gcr.io/google-samples/gb-redis-follower': redisImage(40),
  'gcr.io/google_samples/gb-redis-follower': redisImage(40),
  'gcr.io/google_samples/gb-redisslave': redisImage(40),
  'us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower': redisImage(40),
  'docker.io/library/postgres': daemonImage('postgres', 160, {
    ports: [5432], startMs: 2_000, portFlag: 'p', memoryBytes: 40 * mebibyte, onTerminate: 0, demands: postgresDemands,
    banner: ['PostgreSQL init process complete; ready for start up.', '',
      'LOG:  database system is ready to accept connections'],
  }, {
    ...scriptEntry, executables: { 'docker-entrypoint.sh': entryPoint('postgres') }, clients: ['psql', 'pg_dump'],
    tags: tagPattern(majors(9, '1[0-8]')),
  }),
  'docker.io/library/mysql': daemonImage('mysqld', 245, {
    ports: [3306, 33060], startMs: 6_000, portFlag: 'port', memoryBytes: 380 * mebibyte, onTerminate: 0,
    demands: mysqlDemands,
    banner: ["[System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. socket: "
      + "'/var/run/mysqld/mysqld.sock'  port: 3306"],
  }, {
    ...scriptEntry, executables: { 'docker-entrypoint.sh': entryPoint('mysqld') },
    clients: ['mysql', 'mysqladmin', 'mysqldump'],
    tags: tagPattern(majors(5, 8, 9), ['innovation', 'lts', 'oracle', 'oraclelinux\\d']),
  }),
  'docker.io/library/mariadb': daemonImage('mariadbd', 110, {
    ports: [3306], startMs: 4_000, portFlag: 'port', memoryBytes: 120 * mebibyte, onTerminate: 0,
    demands: mariadbDemands,
    banner: ["[Note] mariadbd: ready for connections. socket: '/run/mysqld/mysqld.sock'  port: 3306"],
  }, {
    ...scriptEntry, executables: { 'docker-entrypoint.sh': entryPoint('mariadbd') },
    clients: ['mariadb', 'mariadb-admin'],
    tags: tagPattern(majors(5, '1[0-2]'), ['lts']),
  }),
  'docker.io/library/mongo': daemonImage('mongod', 270, {
    ports: [27017], startMs: 1_500, portFlag: 'port', memoryBytes: 90 * mebibyte, onTerminate: 0,
    banner: ['{"s":"I","c":"NETWORK","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}'],
  }, {
    ...scriptEntry, executables: { 'docker-entrypoint.sh': entryPoint('mongod') }, clients: ['mongosh', 'mongo'],
    tags: tagPattern(majors(2, 3, 4, 5, 6, 7, 8)),
  }),
  'docker.io/library/memcached': daemonImage('memcached', 32, {
    ports: [11211], portFlag: 'p', banner: [], memoryBytes: 2 * mebibyte, onTerminate: 0,
  }, { ...scriptEntry, executables: { 'docker-entrypoint.sh': entryPoint('memcached') }, tags: tagPattern(majors(1)) }),
  'docker.io/library/rabbitmq': daemonImage('rabbitmq-server', 105, {
    ports: [5672, 15692, 25672], startMs: 6_000, banner: ['Server startup complete; 4 plugins started.'],
    memoryBytes: 130 * mebibyte, onTerminate: 0,
  }, {
    ...scriptEntry, executables: { 'docker-entrypoint.sh': entryPoint() },
    clients: ['rabbitmqctl', 'rabbitmq-diagnostics'], tags: tagPattern(majors(3, 4)),
  }),
  'docker.io/library/zookeeper': daemonImage('zkServer.sh', 130, {
    ports: [2181, 2888, 3888, 8080], startMs: 1_500, banner: ['Started AdminServer on address 0.0.0.0, port 8080'],
    memoryBytes: 100 * mebibyte, onTerminate: 143,
  }, { cmd: ['zkServer.sh', 'start-foreground'] }),
  'registry.k8s.io/kubernetes-zookeeper': daemonImage('start-zookeeper', 150, {
    ports: [2181, 2888, 3888], startMs: 1_500, banner: [], memoryBytes: 100 * mebibyte, onTerminate: 143,
  }, { executables: {} }),
  'docker.io/library/cassandra': daemonImage('cassandra', 155, {
    ports: [7000, 7199, 9042], startMs: 15_000, banner: ['INFO  Startup complete'], memoryBytes: 600 * mebibyte,
    onTerminate: 143,
  }, { ...scriptEntry, executables: { 'docker-entrypoint.sh': entryPoint('cassandra') },
  clients: ['nodetool', 'cqlsh'], cmd: ['cassandra', '-f'] }),
  'docker.io/library/influxdb': binary('influxd', 115, [8086], [], 60, { '/ping': '', '/health': '{"status":"pass"}' }),
  'docker.io/library/elasticsearch': wrapped(elasticsearch, 'elasticsearch'),
  'docker.elastic.co/elasticsearch/elasticsearch': wrapped(elasticsearch, 'elasticsearch'),
  'quay.io/fluentd_elasticsearch/elasticsearch': { ...elasticsearch, entrypoint: undefined, cmd: ['elasticsearch'] },
  'docker.elastic.co/kibana/kibana': binary('kibana', 400, [5601],
    ['[INFO ][http.server.Kibana] http server running at http://0.0.0.0:5601'], 400, { '*': '<html></html>\n' }),
  'quay.io/fluentd_elasticsearch/fluentd': fluentd,
  'gcr.io/fluentd-logging/fluentd': fluentd,
  'docker.io/fluent/fluentd': fluentd,
  'docker.io/fluent/fluentd-kubernetes-daemonset': fluentd,
  'docker.io/fluent/fluent-bit': binary('/fluent-bit/bin/fluent-bit', 40, [2020],
    ['[info] [output:stdout:stdout.0] worker #0 started'], 12, { '*': '{}' }),
  'docker.io/prom/prometheus': binary('/bin/prometheus', 115, [9090], prometheusBanner, 90, metricsPage),
  'quay.io/prometheus/prometheus': binary('/bin/prometheus', 115, [9090], prometheusBanner, 90, metricsPage),
  'docker.io/prom/node-exporter': binary('/bin/node_exporter', 13, [9100],
    ['level=INFO msg="Listening on" address=[::]:9100'], 15, metricsPage),
  'quay.io/prometheus/node-exporter': binary('/bin/node_exporter', 13, [9100],
    ['level=INFO msg="Listening on" address=[::]:9100'], 15, metricsPage),
  'docker.io/prom/alertmanager': binary('/bin/alertmanager', 32, [9093, 9094],
    ['level=INFO msg="Listening on" address=[::]:9093'], 20, metricsPage),
  'docker.io/prom/pushgateway': binary('/bin/pushgateway', 11, [9091], [], 15, metricsPage),
  'docker.io/grafana/grafana': binary('/run.sh', 170, [3000],
    ['logger=http.server msg="HTTP Server Listen" address=[::]:3000'], 90, {
    '/api/health': '{\n  "database": "ok"\n}\n', '*': '<html><head><title>Grafana</title></head></html>\n',
  }),
  'docker.io/jenkins/jenkins': daemonImage('/usr/local/bin/jenkins.sh', 310, {
    ports: [8080, 50000], startMs: 12_000, banner: ['Jenkins is fully up and running'], memoryBytes: 350 * mebibyte,
    onTerminate: 143,
    http: { '*': '<html><head><title>Jenkins</title></head></html>\n' },
  }, { entrypoint: ['/usr/local/bin/jenkins.sh'], cmd: [], user: 1000 }),
  'docker.io/library/traefik': binary('/usr/local/bin/traefik', 48, [80, 8080],
    ['INF Starting provider *aggregator.ProviderAggregator'], 40),
  'docker.io/library/haproxy': binary('haproxy', 40, [], [], 20),
  'docker.io/library/caddy': binary('caddy', 19, [80, 443, 2019],
    ['{"level":"info","msg":"serving initial configuration"}'], 20, { '*': 'Caddy works!\n' }),
  'docker.io/library/registry': binary('registry', 10, [5000], ['level=info msg="listening on [::]:5000"'], 15,
    { '/': '', '/v2/': '{}', '*': '{}' }),
  'docker.io/library/tomcat': daemonImage('catalina.sh', 190, {
    ports: [8080], startMs: 1_500,
    banner: ['org.apache.catalina.startup.Catalina.start Server startup in [1200] milliseconds'],
    memoryBytes: 120 * mebibyte,
    onTerminate: 143, http: {},
  }, { cmd: ['catalina.sh', 'run'], tags: tagPattern(majors(7, 8, 9, 10, 11)) }),
};
