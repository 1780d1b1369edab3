/** Whether anything on a page moves or would: running animations, and elements with a transition or an animation. */
import type { Page } from 'playwright-core';

/** What moves or would, in words; nothing may where less motion is asked for. */
export function movingParts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const moving = document.getAnimations().map((animation) => `${animation.constructor.name} ${animation.playState}`);
    const look = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll('*')) {
        const { transitionProperty, transitionDuration, transitionDelay, animationName } = getComputedStyle(element);
        const lasts = `${transitionDuration}, ${transitionDelay}`.split(', ').some((time) => Number.parseFloat(time) > 0);
        if (transitionProperty !== 'none' && lasts || animationName !== 'none') {
          moving.push(`${element.tagName} ${element.getAttribute('class') ?? ''} ${transitionProperty} ${animationName}`);
        }
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document);
    return [...new Set(moving)];
  });
}
