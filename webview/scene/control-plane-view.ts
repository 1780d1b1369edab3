/** The view `controlPlane`: the components of one control-plane machine and how they stand to each other, nothing else. */
import type { ComponentKind, ClusterView } from '../../src/protocol/view';
import { text } from '../narration/text';
import { wireAll } from './communication-view';
import type { Scene } from './model';
import { clamp, pagePad, Sheet, snap } from './sheet';
import type { LayoutOptions } from './sheet';
import { clientBox, componentBox, frameBehind, sceneOf } from './stage-set';

const left: readonly ComponentKind[] = ['etcd', 'kube-scheduler', 'kube-controller-manager'];
const rowHeight = 84;
const rowGap = 28;
const titleHeight = 32;
const pad = 16;

export function controlPlaneView(view: ClusterView, name: string | undefined, options: LayoutOptions): Scene {
  const sheet = new Sheet(options);
  const masters = view.nodes.filter((node) => node.controlPlane);
  const master = masters.find((node) => node.name === name) ?? masters[0];
  if (!master) return sceneOf(sheet, { width: 320, height: 80 }, () => []);
  const width = clamp(options.width, 320, 1240);
  const wide = width >= 640;
  const frameX = wide ? pagePad + 128 + (width >= 1000 ? 140 : 48) : pagePad;
  const frameY = wide ? pagePad : pagePad + 52 + 32;
  const frameWidth = width - pagePad - frameX;
  const inner = frameWidth - 2 * pad;
  const column = snap(Math.min(wide ? 300 : 220, (inner - 48) / 2));
  const top = frameY + titleHeight;
  const height = left.length * (rowHeight + rowGap) - rowGap;
  left.forEach((kind, index) =>
    sheet.add(
      componentBox(sheet, master, kind, kind, 'controlPlane', {
        x: frameX + frameWidth - pad - column,
        y: top + index * (rowHeight + rowGap),
        width: column,
        height: rowHeight,
      }),
    ),
  );
  sheet.add(componentBox(sheet, master, 'kube-apiserver', 'kube-apiserver', 'controlPlane',
    { x: frameX + pad, y: top, width: column, height }));
  sheet.add(clientBox(sheet, wide ? { x: pagePad, y: top + height / 2 - 28, width: 128, height: 56 }
    : { x: frameX + pad, y: pagePad, width: column, height: 52 }));
  frameBehind(sheet, 'strip', 'zone/controlPlane', 'controlPlane',
    text(options.language, 'label.controlPlaneOf', { node: master.name }),
    { x: frameX, y: frameY, width: frameWidth, height: titleHeight + height + pad });
  return sceneOf(sheet, { width, height: frameY + titleHeight + height + pad + pagePad, labelled: true }, (bare) =>
    wireAll(bare, () => true));
}
