// Connections to providers that must stand in time: until then not one byte of a request has left, so that a host that
// cannot be reached counts as "surely not sent" and never as "perhaps heard".
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const TOO_LATE = { code: 'ETIMEDOUT', syscall: 'connect' };

/** For axios. With TLS the handshake belongs to it. */
export function agentsThatConnectWithin(limitMs: number): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  return {
    httpAgent: limitConnecting(new HttpAgent({ keepAlive: true }), 'connect', limitMs),
    httpsAgent: limitConnecting(new HttpsAgent({ keepAlive: true }), 'secureConnect', limitMs),
  };
}

/** Whether a call failed because its connection was never made, also when several addresses were tried. */
export function failedToConnect({ cause }: { cause?: unknown }): boolean {
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return (
    causes.length > 0 && causes.every((one) => one instanceof Error && 'syscall' in one && one.syscall === 'connect')
  );
}

function limitConnecting<Agent extends HttpAgent>(agent: Agent, madeEvent: string, limitMs: number): Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    const giveUp = () => socket?.destroy(Object.assign(new Error('No connection in time.'), TOO_LATE));
    const timer = setTimeout(giveUp, limitMs);
    for (const event of [madeEvent, 'close']) socket?.once(event, () => clearTimeout(timer));
    return socket;
  };
  return agent;
}
