// The settings of a program whose unset channels are the sandbox's.
import type { Config } from '../config.ts';
import type { Sandbox } from './start-sandbox.ts';

/** A channel that the operator configured stays theirs; only what is unset becomes a pretend one. */
export function withSandbox(config: Config, sandbox: Sandbox): Config {
  return {
    ...config,
    zalo: config.zalo ?? sandbox.zaloSettings,
    messenger: config.messenger ?? sandbox.messengerSettings,
  };
}
