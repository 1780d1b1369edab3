/** All tools by name. */
import { fileTools } from './files';
import { networkTools } from './network';
import { packageTools } from './packages';
import { systemTools } from './system';
import { textTools } from './text';
import { tar } from './tar';
import type { Tools } from './tool';

export const tools: Tools = Object.freeze({ ...fileTools, tar, ...textTools, ...systemTools, ...networkTools,
  ...packageTools });
