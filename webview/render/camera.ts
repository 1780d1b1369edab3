/** Zoom and position of the picture. Scrolling is the browser's own; zooming keeps what is under the pointer there. */
import type { Rect } from '../scene/model';
import { setAttribute } from './svg';

const smallest = 0.25;
const largest = 3;
const stepFactor = 1.2;

export interface CameraHooks {
  /** Zoom or position have changed. */
  changed(): void;
}

export class Camera {
  private factor = 1;
  private width = 1;
  private height = 1;
  /** What was measured last; undefined when it may have changed. To measure in the middle of drawing costs a layout. */
  private measured: { readonly layoutWidth: number; readonly unit: number } | undefined;

  constructor(
    private readonly view: HTMLElement, private readonly picture: SVGSVGElement, private readonly hooks: CameraHooks,
  ) {
    view.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    view.addEventListener('scroll', () => hooks.changed(), { passive: true });
    view.addEventListener('pointerdown', (event) => this.onPointerDown(event));
    new ResizeObserver(() => this.forget()).observe(view);
  }

  get scale(): number {
    return this.factor;
  }

  get position(): { readonly x: number; readonly y: number } {
    return { x: this.view.scrollLeft, y: this.view.scrollTop };
  }

  /** The width for layout: what is visible at 100 %. */
  get layoutWidth(): number {
    return this.measure().layoutWidth;
  }

  /** The font of the panel sets what 100 % is, so that text is as large as elsewhere in VS Code. */
  private get unit(): number {
    return this.measure().unit;
  }

  /** The room or the font of the panel may have changed. */
  forget(): void {
    this.measured = undefined;
  }

  private measure(): { readonly layoutWidth: number; readonly unit: number } {
    if (this.measured) return this.measured;
    const unit = (Number.parseFloat(getComputedStyle(document.body).fontSize) || 13) / 13;
    const layoutWidth = Math.floor(this.view.clientWidth / unit);
    // While the view is hidden it has no width, and nobody says when that is over.
    if (layoutWidth > 0) this.measured = { layoutWidth, unit };
    return { layoutWidth, unit };
  }

  /** The picture has a new size. */
  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    // The same box again would lay out every text in it again.
    setAttribute(this.picture, 'viewBox', `0 0 ${width} ${height}`);
    this.apply();
  }

  restore(scale: number | undefined, x: number | undefined, y: number | undefined): void {
    if (scale !== undefined) this.factor = limit(scale);
    this.apply();
    this.view.scrollTo(x ?? 0, y ?? 0);
  }

  zoomIn(): void {
    this.zoom(this.factor * stepFactor);
  }

  zoomOut(): void {
    this.zoom(this.factor / stepFactor);
  }

  reset(): void {
    this.zoom(1);
  }

  /** As large as it can be with everything visible, but not larger than 100 %. */
  fit(): void {
    const { clientWidth, clientHeight } = this.view;
    this.zoom(Math.min(1, clientWidth / (this.width * this.unit), clientHeight / (this.height * this.unit)));
  }

  /** Scrolls as little as needed to show a box. */
  show(box: Rect): void {
    const by = this.factor * this.unit;
    const margin = 24;
    const { view } = this;
    const shift = (start: number, size: number, from: number, room: number): number => {
      const near = start * by - margin;
      const far = (start + size) * by + margin;
      if (near < from || far - near > room) return near;
      return far > from + room ? far - room : from;
    };
    view.scrollTo(
      shift(box.x, box.width, view.scrollLeft, view.clientWidth),
      shift(box.y, box.height, view.scrollTop, view.clientHeight),
    );
  }

  private zoom(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const { view } = this;
    const x = at?.x ?? view.clientWidth / 2;
    const y = at?.y ?? view.clientHeight / 2;
    const before = this.factor;
    this.factor = limit(factor);
    const left = view.scrollLeft;
    const top = view.scrollTop;
    this.apply();
    const grown = this.factor / before;
    view.scrollTo((left + x) * grown - x, (top + y) * grown - y);
    this.hooks.changed();
  }

  private apply(): void {
    const by = this.factor * this.unit;
    this.picture.style.width = `${this.width * by}px`;
    this.picture.style.height = `${this.height * by}px`;
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = this.view.getBoundingClientRect();
    const at = { x: event.clientX - frame.left, y: event.clientY - frame.top };
    this.zoom(this.factor * 1.0015 ** -event.deltaY, at);
  }

  /** Dragging the ground moves the picture, as on a map. */
  private onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    if ((event.target as Element).closest('[role="button"]')) return;
    const { view } = this;
    const start = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
    const move = (moved: PointerEvent): void => view.scrollTo(start.x - moved.clientX, start.y - moved.clientY);
    const end = (): void => {
      view.removeEventListener('pointermove', move);
      view.classList.remove('dragging');
    };
    view.classList.add('dragging');
    view.addEventListener('pointermove', move);
    view.addEventListener('pointerup', end, { once: true });
    view.addEventListener('pointerleave', end, { once: true });
  }
}

function limit(factor: number): number {
  return Math.max(smallest, Math.min(largest, factor));
}
