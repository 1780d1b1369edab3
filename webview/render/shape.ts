/**
 * Drawings as plain data: what boxes, marks and lines look like, without a page. The page makes elements of them, the
 * export makes text of them, so that both show the same.
 */
import { svg } from './svg';
import type { Attributes } from './svg';

export interface Shape {
  readonly tag: keyof SVGElementTagNameMap;
  readonly attributes: Attributes;
  readonly children: readonly (Shape | string)[];
}

export function shape(
  tag: keyof SVGElementTagNameMap, attributes: Attributes = {}, ...children: readonly (Shape | string)[]
): Shape {
  return { tag, attributes, children };
}

/** The element that shows a shape. */
export function elementOf({ tag, attributes, children }: Shape): SVGElement {
  return svg(tag, attributes, ...children.map((child) => (typeof child === 'string' ? child : elementOf(child))));
}

/** The group that shows a shape which is one. */
export function groupOf(drawn: Shape): SVGGElement {
  return elementOf(drawn) as SVGGElement;
}
