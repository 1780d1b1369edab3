/**
 * Buttons and check boxes. They come from @vscode/webview-ui-toolkit; this is the one file that knows it, so that it can
 * be replaced here alone. Its drop-down breaks the page's policy with an inline style, so lists are native ones, styled
 * like VS Code's.
 */
// First of all, since the toolkit looks at the page as it loads.
import { endProbe } from './toolkit-probe';
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeCheckbox } from '@vscode/webview-ui-toolkit';
import { html, svg } from './render/svg';

/** To be called once, before the first control is made. */
export function registerControls(): void {
  endProbe();
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox());
}

/** Icons of buttons, 16 px, filled. */
const icons = {
  play: 'M4 2.5v11l9.5 -5.5z',
  pause: 'M4 2.5h3v11h-3zM9 2.5h3v11h-3z',
  step: 'M3 2.5v11l7 -5.5zM11 2.5h2.2v11h-2.2z',
  back: 'M13 2.5v11l-7 -5.5zM5 2.5h-2.2v11h2.2z',
  start: 'M2 2.5h1.8v11h-1.8zM9 2.5v11l-5 -5.5zM14.5 2.5v11l-5 -5.5z',
  end: 'M14 2.5h-1.8v11h1.8zM7 2.5v11l5 -5.5zM1.5 2.5v11l5 -5.5z',
  plus: 'M7.25 2.5h1.5v4.75h4.75v1.5h-4.75v4.75h-1.5v-4.75h-4.75v-1.5h4.75z',
  minus: 'M2.5 7.25h11v1.5h-11z',
  fit: 'M2 2h4.5v1.5h-3v3h-1.5zM9.5 2h4.5v4.5h-1.5v-3h-3zM2 9.5h1.5v3h3v1.5h-4.5zM12.5 9.5h1.5v4.5h-4.5v-1.5h3z',
  list: 'M2 3h12v1.5h-12zM2 7.25h12v1.5h-12zM2 11.5h8v1.5h-8z',
  help: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0 -13zm0 1.3a5.2 5.2 0 1 1 0 10.4a5.2 5.2 0 0 1 0 -10.4zm-.7 7.7h1.4v1.4h-1.4zm.7 -6.3c-1.4 0 -2.4 .9 -2.5 2.2h1.4c.1 -.6 .5 -1 1.1 -1c.7 0 1.1 .4 1.1 1c0 .5 -.3 .8 -.8 1.2c-.7 .5 -1 .9 -1 1.7v.3h1.3v-.2c0 -.5 .2 -.7 .8 -1.1c.7 -.5 1.1 -1 1.1 -1.9c0 -1.3 -1 -2.2 -2.5 -2.2z',
  legend: 'M2 2.5h3.5v3h-3.5zM7 3.25h7v1.5h-7zM2 6.5h3.5v3h-3.5zM7 7.25h7v1.5h-7zM2 10.5h3.5v3h-3.5zM7 11.25h7v1.5h-7z',
  save: 'M7.25 1.5h1.5v6.2l2.2 -2.2l1.05 1.05l-4 4l-4 -4l1.05 -1.05l2.2 2.2zM2 11h1.5v2h9v-2h1.5v3.5h-12z',
  close: 'M3.6 2.6L8 7l4.4 -4.4l1 1L9 8l4.4 4.4l-1 1L8 9l-4.4 4.4l-1 -1L7 8L2.6 3.6z',
} as const;

export type IconName = keyof typeof icons;

export interface Button {
  readonly element: HTMLElement;
  /** Changes name and icon. */
  show(name: string, icon?: IconName): void;
  press(pressed: boolean): void;
  disable(disabled: boolean): void;
}

/** A button that shows only an icon; its name is its tooltip and for screen readers. */
export function iconButton(icon: IconName, onClick: () => void): Button {
  const path = svg('path', { d: icons[icon] });
  const picture = svg('svg', { 'viewBox': '0 0 16 16', 'width': 16, 'height': 16, 'aria-hidden': 'true' }, path);
  const element = document.createElement('vscode-button');
  element.setAttribute('appearance', 'icon');
  element.setAttribute('aria-label', icon);
  element.append(picture);
  element.addEventListener('click', onClick);
  return {
    element,
    show(name, next) {
      if (element.getAttribute('aria-label') !== name) {
        element.setAttribute('aria-label', name);
        element.title = name;
      }
      if (next) path.setAttribute('d', icons[next]);
    },
    press: (pressed) => element.setAttribute('aria-pressed', String(pressed)),
    disable: (disabled) => element.toggleAttribute('disabled', disabled),
  };
}

/** A button with words. */
export function textButton(words: string, onClick: () => void): HTMLElement {
  const element = document.createElement('vscode-button');
  element.setAttribute('appearance', 'secondary');
  element.append(words);
  element.addEventListener('click', onClick);
  return element;
}

export interface CheckBox {
  readonly element: HTMLElement;
  show(words: string, about: string): void;
}

export function checkBox(onChange: (checked: boolean) => void): CheckBox {
  const element = document.createElement('vscode-checkbox') as HTMLElement & { checked: boolean };
  element.addEventListener('change', () => onChange(element.checked));
  return {
    element,
    show(words, about) {
      element.textContent = words;
      // The toolkit names a box without words at first "Checkbox".
      element.setAttribute('aria-label', words);
      element.title = about;
    },
  };
}

export interface Choice {
  readonly value: string;
  readonly words: string;
}

export interface ChoiceGroup {
  readonly words: string;
  readonly choices: readonly Choice[];
}

/** A native list, since the toolkit's own is refused by the policy of the page. */
export class Select {
  readonly element: HTMLSelectElement;
  private drawn = '';

  constructor(onChange: (value: string) => void) {
    this.element = html('select', { class: 'select' });
    this.element.addEventListener('change', () => onChange(this.element.value));
  }

  show(name: string, groups: readonly (ChoiceGroup | Choice)[], value: string): void {
    const { element } = this;
    const wanted = JSON.stringify(groups);
    if (wanted !== this.drawn) {
      this.drawn = wanted;
      const option = (choice: Choice): HTMLOptionElement => html('option', { value: choice.value }, choice.words);
      element.replaceChildren(...groups.map((group) =>
        'choices' in group ? html('optgroup', { label: group.words }, ...group.choices.map(option)) : option(group)));
    }
    element.setAttribute('aria-label', name);
    element.title = name;
    if (element.value !== value) element.value = value;
  }
}
