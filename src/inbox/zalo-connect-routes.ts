// Connecting an Official Account from the browser, by whoever runs the program.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ZaloChannel } from '../channels/zalo/channel.ts';
import { HttpError } from '../errors.ts';

export type ConnectDeps = {
  zalo: Pick<ZaloChannel, 'startConnect' | 'finishConnect'>;
  publicUrl: string;
  /** Until staff can sign in, a ticket printed where the program was started opens this door. */
  mayConnect: (ticket: string) => boolean;
  onConnected: () => void;
};

const given = z.string().min(1).max(2_000);
/** What is missing, or given twice, is not taken. */
const callbackSchema = z.object({ code: given, oa_id: given, state: given });

export async function registerZaloConnect(app: FastifyInstance, deps: ConnectDeps): Promise<void> {
  const redirectUri = `${deps.publicUrl}/oauth/zalo/callback`;
  app.get<{ Querystring: { ticket?: string } }>('/oauth/zalo/start', async (request, reply) => {
    if (!deps.mayConnect(String(request.query.ticket ?? ''))) {
      throw new HttpError(
        401,
        'unauthorized',
        'Liên kết đã hết hạn. Khởi động lại chương trình để có liên kết kết nối mới.',
      );
    }
    const { url } = await deps.zalo.startConnect(redirectUri);
    await reply.redirect(url, 302);
  });
  app.get('/oauth/zalo/callback', async (request, reply) => {
    const query = callbackSchema.safeParse(request.query).data;
    if (!query)
      throw new HttpError(400, 'invalid_request', 'Zalo gọi về thiếu code, oa_id hoặc state. Hãy kết nối lại từ đầu.');
    const result = await deps.zalo.finishConnect({ code: query.code, oaId: query.oa_id, state: query.state });
    if (!result.ok) throw new HttpError(400, 'connect_failed', result.reason);
    deps.onConnected();
    await reply.type('text/plain; charset=utf-8').send('Đã kết nối Zalo OA. Bạn có thể đóng trang này.');
  });
}
