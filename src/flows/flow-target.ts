// Where a step can lead, as written in files: a step, "end", "flow:x" or "flow:x/step".

export type FlowTarget = { kind: 'step'; step: string } | { kind: 'end' } | { kind: 'flow'; flow: string; at?: string };

export function readTarget(text: string): FlowTarget {
  if (text === 'end') return { kind: 'end' };
  if (!text.startsWith('flow:')) return { kind: 'step', step: text };
  const [flow = '', at] = text.slice('flow:'.length).split('/');
  return { kind: 'flow', flow, ...(at === undefined ? {} : { at }) };
}
