/** Placeholder until the shell lands. */
export { runUntilStopped as shellProgram } from '../behavior';
