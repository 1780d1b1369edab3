/** `npm run build [-- --production | --watch]`: bundles the extension into dist/ and prints the sizes. */
import { buildAll, watchAll } from '../esbuild.mjs';

async function main(): Promise<void> {
  if (process.argv.includes('--watch')) return watchAll();
  const sizes = await buildAll({ production: process.argv.includes('--production') });
  for (const [file, bytes] of Object.entries(sizes)) {
    if (!file.endsWith('.map')) console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  ${file}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
