/** Images of components that are added to a cluster. */
import type { ImageDescription } from '../../images';
import { metricsServerProgram } from '../../metrics-server/metrics-server';

const metricsServer: ImageDescription = {
  sizeBytes: 22_500_000, base: 'scratch', entrypoint: ['/metrics-server'], user: 65_534,
  executables: { '/metrics-server': metricsServerProgram }, tags: /^v0\.\d{1,2}\.\d{1,2}$/,
};

export const addonImages: Readonly<Record<string, ImageDescription>> = {
  'registry.k8s.io/metrics-server/metrics-server': metricsServer,
  'k8s.gcr.io/metrics-server/metrics-server': metricsServer,
};
