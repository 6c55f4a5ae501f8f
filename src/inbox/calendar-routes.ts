// The calendar file of a training booking: opened from the link in the chat, no sign-in; its id cannot be guessed.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Database } from '../database.ts';

const bookingId = z.uuid();

export async function registerCalendar(app: FastifyInstance, { db }: { db: Database }): Promise<void> {
  app.get<{ Params: { file: string } }>('/calendar/:file', async (request, reply) => {
    const id = bookingId.safeParse(request.params.file.replace(/\.ics$/, ''));
    const booking = id.success ? await db.prisma.trainingBooking.findUnique({ where: { id: id.data } }) : null;
    if (!booking)
      return await reply.code(404).send({ error: { code: 'not_found', message: 'Không có lịch hẹn này.' } });
    const { createEvent } = await import('ics');
    const { error, value } = createEvent({
      uid: `${booking.id}@ganbo`,
      title: `Đào tạo: ${booking.topic}`,
      start: booking.startsAt.getTime(),
      startInputType: 'utc',
      startOutputType: 'utc',
      duration: { minutes: booking.durationMinutes },
      ...(booking.meetingUrl ? { url: booking.meetingUrl, location: booking.meetingUrl } : {}),
      status: booking.cancelledAt === null ? 'CONFIRMED' : 'CANCELLED',
      alarms: [{ action: 'display', description: 'Sắp đến giờ đào tạo', trigger: { minutes: 30, before: true } }],
    });
    if (error || !value) throw error ?? new Error('The calendar file could not be made.');
    reply.header('content-disposition', 'attachment; filename="dao-tao.ics"');
    return await reply.type('text/calendar; charset=utf-8').send(value);
  });
}
