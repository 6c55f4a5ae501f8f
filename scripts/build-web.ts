// npm run build: the staff web app into dist/web; at once when nothing of it changed. `--force` builds in any case.
import { buildApp, builtAppDir, isBuilt } from '../src/web/build-app.ts';

const startedAt = performance.now();
if (!process.argv.includes('--force') && (await isBuilt(builtAppDir))) {
  console.log('The web app is built already.');
} else {
  await buildApp(builtAppDir);
  console.log(`The web app was built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}
