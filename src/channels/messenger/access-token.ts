// The page's access token and the proof that whoever uses it also knows the app's secret.
import { createHmac } from 'node:crypto';

/** Meta's appsecret_proof: belongs to exactly this token. Lower-case hex. */
export function proveAppSecret(accessToken: string, appSecret: string): string {
  return createHmac('sha256', appSecret).update(accessToken).digest('hex');
}
