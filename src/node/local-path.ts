/**
 * local-path-provisioner: it runs and waits. PersistentVolumeClaims are not modelled yet, so there is nothing for it to
 * watch and nothing to provision. Models the process of rancher/local-path-provisioner as kind builds it.
 */
import { formatTime } from '../api/time';
import type { Program } from '../sim/process';
import { type ContainerContext, simpleProgram } from './images';

/** The program behind `local-path-provisioner`. It ends with 0 on SIGTERM. */
export function localPathProvisionerProgram(context: ContainerContext): Program {
  return simpleProgram(
    (host) => context.print('stderr', `time="${formatTime(host.wallMs)}" level=debug msg="Provisioner started"`),
    (host) => host.exit(0),
  );
}
