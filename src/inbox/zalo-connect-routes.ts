// Connecting an Official Account from the browser, by whoever runs the program.
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ZaloChannel } from '../channels/zalo/channel.ts';
import { HttpError } from '../errors.ts';

export type ConnectDeps = {
  zalo: Pick<ZaloChannel, 'startConnect' | 'finishConnect'>;
  publicUrl: string;
  /** Staff who signed in; and until they can, whoever has the ticket that was printed where the program was started. */
  mayConnect: (request: FastifyRequest, ticket: string) => Promise<boolean>;
  onConnected: () => void;
};

const given = z.string().min(1).max(2_000);
/** What is missing, or given twice, is not taken. */
const callbackSchema = z.object({ code: given, oa_id: given, state: given });

export async function registerZaloConnect(app: FastifyInstance, deps: ConnectDeps): Promise<void> {
  await app.register(cookie);
  const redirectUri = `${deps.publicUrl}/oauth/zalo/callback`;
  app.get<{ Querystring: { ticket?: string } }>('/oauth/zalo/start', async (request, reply) => {
    if (!(await deps.mayConnect(request, String(request.query.ticket ?? '')))) {
      const cure = 'Đăng nhập bằng tài khoản quản trị rồi mở lại địa chỉ này, hoặc vào Cài đặt › Kênh và bấm kết nối.';
      throw new HttpError(401, 'unauthorized', `Cần đăng nhập, hoặc liên kết đã hết hạn. ${cure}`);
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
