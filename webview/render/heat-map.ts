/**
 * The fleet as a heat map on a canvas: copies pixels, and follows pointer and keyboard from cell to cell. What a cell says
 * stands beside it in words, which screen readers hear as the cursor moves.
 */
import type { FleetView } from '../../src/protocol/fleet';
import type { Language } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import { checkBox } from '../controls';
import { fleetText, summaryText } from '../narration/fleet-text';
import { text } from '../narration/text';
import { cell, cellAt, cellBeside, layoutFleet, paintFleet, pixel } from '../scene/fleet';
import type { FleetColours, FleetLayout, Painted } from '../scene/fleet';
import { html, setAttribute, setText } from './svg';

export interface HeatMapHooks {
  select(box: string): void;
  enter(box: string): void;
}

export class HeatMap {
  readonly element = html('div', { class: 'fleet', hidden: '' });
  private readonly summary = html('p', { class: 'fleet-summary' });
  private readonly filter;
  private readonly canvas = html('canvas', { class: 'heat-map', tabindex: '0', role: 'application' });
  private readonly map = html('div', { class: 'fleet-map' });
  private readonly headings = html('div', { 'class': 'fleet-headings', 'aria-hidden': 'true' });
  private readonly cursor = html('div', { 'class': 'fleet-cursor', 'aria-hidden': 'true' });
  private readonly tip = html('output', { class: 'fleet-tip' });
  private readonly context = this.canvas.getContext('2d', { alpha: false });
  private layout: FleetLayout | undefined;
  private fleet: FleetView | undefined;
  private language: Language = 'en';
  /** What is on the canvas, until layout or colours change. */
  private painted: Painted | undefined;
  private colours: FleetColours | undefined;
  private onlyTroubled = false;
  private key = '';
  private at = -1;

  constructor(private readonly hooks: HeatMapHooks) {
    this.filter = checkBox((checked) => {
      this.onlyTroubled = checked;
      this.draw();
    });
    this.cursor.hidden = this.tip.hidden = true;
    this.map.append(this.canvas, this.headings, this.cursor, this.tip);
    this.element.append(html('header', {}, this.summary, this.filter.element), this.map);
    this.canvas.addEventListener('pointermove', ({ offsetX, offsetY }) =>
      this.move(this.layout ? cellAt(this.layout, { x: offsetX, y: offsetY }) : -1),
    );
    this.canvas.addEventListener('pointerleave', () => this.move(-1));
    this.canvas.addEventListener('focus', () => this.move(Math.max(0, this.at)));
    this.canvas.addEventListener('blur', () => this.move(-1));
    this.canvas.addEventListener('click', () => this.act(this.hooks.select));
    this.canvas.addEventListener('dblclick', () => this.act(this.hooks.enter));
    this.canvas.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** Shows the fleet of a view, or nothing. */
  show(view: ClusterView | undefined, language: Language): void {
    this.fleet = view?.fleet;
    this.language = language;
    this.element.hidden = this.fleet === undefined;
    if (!this.fleet) return;
    setText(this.summary, summaryText(this.fleet, language));
    this.filter.show(text(language, 'fleet.onlyTroubled'), text(language, 'fleet.onlyTroubled.about'));
    setAttribute(this.canvas, 'aria-label', text(language, 'fleet.label', { count: this.fleet.names.length }));
    this.draw();
  }

  /** The theme has changed. */
  forgetColours(): void {
    this.colours = undefined;
    this.painted = undefined;
  }

  private draw(): void {
    const { fleet, canvas, context } = this;
    const room = this.map.clientWidth;
    if (!fleet || !context || room === 0) return;
    // Cells stand still while only states change.
    const key = `${room} ${fleet.names.length} ${fleet.zones.join()} ${this.onlyTroubled ? `${fleet.health} ${fleet.pods.join()}` : ''}`;
    if (key !== this.key || !this.layout) {
      this.key = key;
      this.layout = layoutFleet(fleet, room, this.onlyTroubled);
      this.painted = undefined;
      this.placeHeadings(fleet, this.layout);
    }
    const { width, height } = this.layout;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.colours ??= coloursOf(document.body);
    const pixels = paintFleet(fleet, this.layout, this.colours, this.painted);
    this.painted = { pixels, fleet };
    context.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), width, height), 0, 0);
    if (this.at >= 0) this.move(Math.min(this.at, this.layout.places.length - 1));
  }

  private placeHeadings(fleet: FleetView, { headings }: FleetLayout): void {
    this.headings.replaceChildren(...headings.map(({ zone, y, count }) => {
      const name = fleet.zones[zone] || text(this.language, 'fleet.noZone');
      const element = html('div', { class: 'fleet-heading' }, text(this.language, 'fleet.zone', { name, count }));
      element.style.top = `${y}px`;
      return element;
    }));
  }

  private move(index: number): void {
    const { layout, fleet } = this;
    const place = layout?.places[index];
    const node = layout?.nodes[index];
    this.at = place ? index : -1;
    this.cursor.hidden = this.tip.hidden = !place;
    if (!place || node === undefined || !fleet) return;
    this.cursor.style.transform = `translate(${place.x - 2}px, ${place.y - 2}px)`;
    setText(this.tip, fleetText(fleet, node, this.language));
    const left = Math.max(0, Math.min(place.x, this.map.clientWidth - this.tip.offsetWidth));
    this.tip.style.transform = `translate(${left}px, ${place.y + cell.height + 4}px)`;
  }

  private act(what: (box: string) => void): void {
    const node = this.layout?.nodes[this.at];
    const name = node === undefined ? undefined : this.fleet?.names[node];
    if (name !== undefined) what(`node/${name}`);
  }

  private onKey(event: KeyboardEvent): void {
    if (!this.layout || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') this.act(this.hooks.enter);
    else if (/^(?:Arrow|Home$|End$)/.test(event.key)) {
      this.move(cellBeside(this.layout, Math.max(0, this.at), event.key));
      this.cursor.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The colours of the page as pixels. The browser resolves what the style sheet mixes. */
function coloursOf(page: HTMLElement): FleetColours {
  const probe = html('span', { hidden: '' });
  page.append(probe);
  const context = html('canvas', { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const read = (name: string): number => {
    probe.style.color = `var(${name})`;
    if (!context) return 0;
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return pixel(red, green, blue);
  };
  const colours = {
    ground: read('--kg-ground'),
    frame: read('--kg-box-edge'),
    empty: read('--kg-card'),
    fine: read('--kg-fine'),
    quiet: read('--kg-line'),
    warning: read('--kg-warning'),
    error: read('--kg-error'),
  };
  probe.remove();
  return colours;
}
