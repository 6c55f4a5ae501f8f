// PostgreSQL refuses to run as root, yet containers and small servers often do: then its programs run as the
// system user "postgres", which is made when it is missing.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../errors.ts';

const run = promisify(execFile);

export type Runner = {
  /** Runs a program to its end; resolves with stdout, rejects with what it wrote to stderr. */
  run(program: string, args: string[]): Promise<string>;
  /** Who must own the data directory; null = whoever runs the program. */
  owner: { uid: number; gid: number } | null;
};

/** A runner for the server's programs; `paths` are the files and folders they must be able to reach. */
export async function createRunner(paths: string[]): Promise<Runner> {
  if (process.platform === 'win32' || userInfo().uid !== 0) return { run: start, owner: null };
  const owner = await postgresUser();
  if (await everybodyMayEnter(paths)) {
    return { owner, run: (program, args) => start(program, args, owner) };
  }
  // A folder above is closed to other users (a home, a mkdtemp): let this one child pass folders, and nothing else.
  const prefix = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const caps = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { owner, run: (program, args) => start('setpriv', [...prefix, ...caps, '--', program, ...args]) };
}

async function start(program: string, args: string[], owner?: { uid: number; gid: number }): Promise<string> {
  const { stdout } = await run(program, args, {
    ...owner,
    cwd: '/',
    env: { ...process.env, LC_MESSAGES: 'C', LC_ALL: 'C' },
    windowsHide: true,
  });
  return stdout;
}

async function postgresUser(): Promise<{ uid: number; gid: number }> {
  try {
    return await idsOf('postgres');
  } catch {
    try {
      await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres']);
      return await idsOf('postgres');
    } catch (cause) {
      throw new StartError(
        'PostgreSQL does not run as root and the system user "postgres" could not be made.',
        'Start the program as another user, or set DATABASE_URL to a PostgreSQL server of your own.',
        { cause },
      );
    }
  }
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function everybodyMayEnter(paths: string[]): Promise<boolean> {
  for (const path of paths) {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const mode = await stat(folder).then(
        (found) => found.mode,
        () => 0o001,
      );
      if ((mode & 0o001) === 0) return false;
      if (folder === dirname(folder)) break;
    }
  }
  return true;
}
