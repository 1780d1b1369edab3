#!/usr/bin/env node
/** What @vscode/test-electron starts in place of a desktop VS Code; vscode-launcher.ts does the work. */
await import('tsx');
await import('./vscode-launcher.ts');
