/** Images of programming languages, and of programs that do one piece of work. */
import type { ImageDescription, ProgramFactory } from '../../images';
import { nodeProgram, perlProgram, pythonProgram, rubyProgram } from '../jobs/one-liners';
import { stressProgram, vishStressProgram } from '../jobs/stress';
import { notModelled } from '../servers/daemons';
import { entryPoint } from '../shell/entry-point';
import { majors, tagPattern } from './tags';

/** A language's image: its interpreter is the default command and needs input, which there is none of. */
function language(
  megabytes: number, versions: string, command: string, executables: Readonly<Record<string, ProgramFactory>>,
): ImageDescription {
  return {
    sizeBytes: megabytes * 1_000_000, base: 'debian', cmd: [command], executables, tools: ['curl', 'wget', 'ps'],
    tags: tagPattern(versions),
  };
}

const python = { 'python': pythonProgram, 'python3': pythonProgram, 'pip': notModelled('pip'),
  'pip3': notModelled('pip3') };
const java = { java: notModelled('java'), javac: notModelled('javac'),
  jshell: ((context) => ({ start: (host) => host.exit(context.command.length > 1 ? 1 : 0) })) as ProgramFactory };

export const jobImages: Readonly<Record<string, ImageDescription>> = {
  'docker.io/library/perl': language(330, majors(5), 'perl', { perl: perlProgram }),
  'docker.io/library/python': language(365, majors(2, 3), 'python3', python),
  'docker.io/library/ruby': language(355, majors(2, 3), 'irb', { ruby: rubyProgram, irb: rubyProgram }),
  'docker.io/library/node': {
    ...language(390, majors('\\d', '1\\d', '2[0-5]'), 'node', {
      'node': nodeProgram, 'npm': notModelled('npm'), 'docker-entrypoint.sh': entryPoint('node', true),
    }),
    entrypoint: ['docker-entrypoint.sh'], tags: tagPattern(majors('\\d', '1\\d', '2[0-5]'),
      ['current', 'lts', 'jod', 'iron', 'krypton']),
  },
  'docker.io/library/golang': language(310, majors(1), 'bash', { go: notModelled('go') }),
  'docker.io/library/rust': language(530, majors(1), 'bash',
    { cargo: notModelled('cargo'), rustc: notModelled('rustc') }),
  'docker.io/library/gcc': language(480, majors('\\d', '1\\d'), 'bash', { gcc: notModelled('gcc') }),
  'docker.io/library/openjdk': language(240, '\\d{1,2}[\\w.-]*', 'jshell', java),
  'docker.io/library/eclipse-temurin': language(240, '\\d{1,2}[\\w.-]*', 'jshell', java),
  'docker.io/library/amazoncorretto': language(220, '\\d{1,2}[\\w.-]*', 'bash', java),
  'docker.io/polinux/stress': { sizeBytes: 4_000_000, base: 'busybox', cmd: ['stress', '--verbose'],
    executables: { stress: stressProgram } },
  'docker.io/polinux/stress-ng': {
    sizeBytes: 9_000_000, base: 'busybox', entrypoint: ['stress-ng'], executables: { 'stress-ng': stressProgram },
  },
  'docker.io/progrium/stress': {
    sizeBytes: 120_000_000, base: 'debian', entrypoint: ['/usr/bin/stress', '--verbose'],
    executables: { stress: stressProgram },
  },
  'docker.io/vish/stress': { sizeBytes: 2_000_000, base: 'scratch', entrypoint: ['/stress'],
    executables: { '/stress': vishStressProgram } },
};
