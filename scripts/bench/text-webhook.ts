// What Messenger sends when a customer writes.

export function textWebhook({ sender, mid, text }: { sender: string; mid: string; text: string }): string {
  const now = Date.now();
  const messaging = [{ sender: { id: sender }, recipient: { id: '100' }, timestamp: now, message: { mid, text } }];
  return JSON.stringify({ object: 'page', entry: [{ id: '100', time: now, messaging }] });
}
