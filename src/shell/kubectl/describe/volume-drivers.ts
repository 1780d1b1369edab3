/**
 * Volumes of storage systems outside the cluster, which kubectl still describes. No node here mounts them. Models the
 * print...VolumeSource functions of kubectl's pkg/describe.
 */
import type { LocalObjectReference, Volume } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import { goList } from './writer';

/** A field's title with its colon, which upstream forgets once, and its value. */
export type VolumeField = readonly [title: string, value: string | number | boolean | undefined];

/** What is printed of a volume: its type in words, and its fields in order. */
interface DriverVolume {
  readonly type: string;
  readonly fields: readonly VolumeField[];
}

/** The description of a volume of one of these drivers; undefined for any other. */
export function driverVolume(volume: Volume): DriverVolume | undefined {
  return cloudDisk(volume) ?? networkFileSystem(volume) ?? blockDevice(volume) ?? otherDriver(volume);
}

function readOnly(source: { readonly readOnly?: boolean }): VolumeField {
  return ['ReadOnly:', source.readOnly ?? false];
}

/** A reference as Go's %v prints a pointer to one. */
function secretText(ref: LocalObjectReference | undefined): string {
  return ref ? `&LocalObjectReference{Name:${ref.name ?? ''},}` : 'nil';
}

function cloudDisk(volume: Volume): DriverVolume | undefined {
  const { gcePersistentDisk: gce, awsElasticBlockStore: aws, azureDisk: azure, vsphereVolume: vsphere } = volume;
  const { photonPersistentDisk: photon, cinder } = volume;
  if (gce) {
    return {
      type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
      fields: [['PDName:', gce.pdName], ['FSType:', gce.fsType], ['Partition:', gce.partition ?? 0], readOnly(gce)],
    };
  }
  if (aws) {
    return {
      type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
      fields: [['VolumeID:', aws.volumeID], ['FSType:', aws.fsType], ['Partition:', aws.partition ?? 0], readOnly(aws)],
    };
  }
  if (azure) {
    return {
      type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
      fields: [
        ['DiskName:', azure.diskName], ['DiskURI:', azure.diskURI], ['Kind: ', azure.kind], ['FSType:', azure.fsType],
        ['CachingMode:', azure.cachingMode], readOnly(azure),
      ],
    };
  }
  if (vsphere) {
    return {
      type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
      fields: [
        ['VolumePath:', vsphere.volumePath], ['FSType:', vsphere.fsType],
        ['StoragePolicyName:', vsphere.storagePolicyName],
      ],
    };
  }
  if (photon) {
    return {
      type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
      fields: [['PdID:', photon.pdID], ['FSType:', photon.fsType]],
    };
  }
  return cinder && {
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    fields: [
      ['VolumeID:', cinder.volumeID], ['FSType:', cinder.fsType], readOnly(cinder),
      ['SecretRef:', secretText(cinder.secretRef)],
    ],
  };
}

function networkFileSystem(volume: Volume): DriverVolume | undefined {
  const { nfs, glusterfs, quobyte, cephfs, azureFile, flocker, gitRepo } = volume;
  if (nfs) {
    return {
      type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
      fields: [['Server:', nfs.server], ['Path:', nfs.path], readOnly(nfs)],
    };
  }
  if (glusterfs) {
    return {
      type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
      fields: [['EndpointsName:', glusterfs.endpoints], ['Path:', glusterfs.path], readOnly(glusterfs)],
    };
  }
  if (quobyte) {
    return {
      type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
      fields: [['Registry:', quobyte.registry], ['Volume:', quobyte.volume], readOnly(quobyte)],
    };
  }
  if (cephfs) {
    return {
      type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
      fields: [
        ['Monitors:', goList(cephfs.monitors)], ['Path:', cephfs.path], ['User:', cephfs.user],
        ['SecretFile:', cephfs.secretFile], ['SecretRef:', secretText(cephfs.secretRef)], readOnly(cephfs),
      ],
    };
  }
  if (azureFile) {
    return {
      type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
      fields: [['SecretName:', azureFile.secretName], ['ShareName:', azureFile.shareName], readOnly(azureFile)],
    };
  }
  if (flocker) {
    return {
      type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
      fields: [['DatasetName:', flocker.datasetName], ['DatasetUUID:', flocker.datasetUUID]],
    };
  }
  return gitRepo && {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    fields: [['Repository:', gitRepo.repository], ['Revision:', gitRepo.revision]],
  };
}

function blockDevice({ iscsi, rbd, fc }: Volume): DriverVolume | undefined {
  if (iscsi) {
    return {
      type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
      fields: [
        ['TargetPortal:', iscsi.targetPortal], ['IQN:', iscsi.iqn], ['Lun:', iscsi.lun],
        ['ISCSIInterface', iscsi.iscsiInterface], ['FSType:', iscsi.fsType], readOnly(iscsi),
        ['Portals:', goList(iscsi.portals)], ['DiscoveryCHAPAuth:', iscsi.chapAuthDiscovery ?? false],
        ['SessionCHAPAuth:', iscsi.chapAuthSession ?? false], ['SecretRef:', secretText(iscsi.secretRef)],
        ['InitiatorName:', iscsi.initiatorName ?? '<none>'],
      ],
    };
  }
  if (rbd) {
    return {
      type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
      fields: [
        ['CephMonitors:', goList(rbd.monitors)], ['RBDImage:', rbd.image], ['FSType:', rbd.fsType],
        ['RBDPool:', rbd.pool], ['RadosUser:', rbd.user], ['Keyring:', rbd.keyring],
        ['SecretRef:', secretText(rbd.secretRef)], readOnly(rbd),
      ],
    };
  }
  return fc && {
    type: 'FC (a Fibre Channel disk)',
    fields: [
      ['TargetWWNs:', (fc.targetWWNs ?? []).join(', ')], ['LUN:', fc.lun ?? '<none>'], ['FSType:', fc.fsType],
      readOnly(fc),
    ],
  };
}

function otherDriver({ portworxVolume, scaleIO, storageos, flexVolume: flex }: Volume): DriverVolume | undefined {
  if (portworxVolume) {
    return {
      type: 'PortworxVolume (a Portworx Volume resource)', fields: [['VolumeID:', portworxVolume.volumeID]],
    };
  }
  if (scaleIO) {
    return {
      type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
      fields: [
        ['Gateway:', scaleIO.gateway], ['System:', scaleIO.system], ['Protection Domain:', scaleIO.protectionDomain],
        ['Storage Pool:', scaleIO.storagePool], ['Storage Mode:', scaleIO.storageMode],
        ['VolumeName:', scaleIO.volumeName], ['FSType:', scaleIO.fsType], readOnly(scaleIO),
      ],
    };
  }
  if (storageos) {
    return {
      type: 'StorageOS (a StorageOS Persistent Disk resource)',
      fields: [
        ['VolumeName:', storageos.volumeName], ['VolumeNamespace:', storageos.volumeNamespace],
        ['FSType:', storageos.fsType], readOnly(storageos),
      ],
    };
  }
  const options = sortedKeys(flex?.options).map((key) => `${key}:${flex?.options?.[key] ?? ''}`);
  return flex && {
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    fields: [
      ['Driver:', flex.driver], ['FSType:', flex.fsType], ['SecretRef:', secretText(flex.secretRef)], readOnly(flex),
      ['Options:', `map${goList(options)}`],
    ],
  };
}
