/**
 * The engine's face to the extension, and the one file that makes the bundle dist/engine.js. The entry loads it by
 * `import()` on first use, so that a window in which nobody uses the sandbox pays for none of it. The types may be
 * imported from anywhere in the host; they cost nothing.
 */
export { kindErrorText } from '../kind/config/problem';
export { Sandbox } from '../cluster/sandbox';
export { missingActor } from '../api/kinds/inert';
export { placeOfField, readManifests } from '../shell/manifest-set';
export { describeObject } from '../shell/kubectl/describe/describe';
export { yamlText } from '../shell/kubectl/get/yaml';
export { serverError } from '../shell/kubectl/text';
