// The settings of a program whose unset channels are the sandbox's.
import type { Config } from '../config.ts';
import type { Sandbox } from './start-sandbox.ts';

export function withSandbox(config: Config, sandbox: Sandbox): Config {
  return {
    ...config,
    zalo: config.zalo ?? {
      pkceMode: 'per_request',
      fixedCodeVerifier: null,
      sendAppSecretProof: false,
      verifier: null,
      ...sandbox.zaloSettings,
    },
    messenger: config.messenger ?? { apiVersion: 'v25.0', ...sandbox.messengerSettings },
  };
}
