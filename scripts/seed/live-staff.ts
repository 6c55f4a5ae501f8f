// What the staff of the invented business did in the last days, and what waits for them now.
import { z } from 'zod';
import { seedCustomers } from '../seed-customers.ts';
import { type Desk, openDesk } from './desk.ts';
import type { Staff } from './hire-staff.ts';
import { type Scene, write } from './live-customers.ts';
import type { SeedWorld } from './open-seed-world.ts';

const cases = z.object({ items: z.array(z.object({ id: z.uuid(), kind: z.string() })) });
const work = z.object({ items: z.array(z.object({ id: z.uuid(), owner: z.string().nullable() })) });
const peers = new Map(seedCustomers.map(({ externalId, peerId }) => [externalId, peerId]));
const says = (world: SeedWorld, customer: string, text: string) => write(world, peers.get(customer) ?? '', text);

/** Weeks ago until yesterday. */
export function staffScenes(world: SeedWorld, { agent, second, manager }: Staff): Scene[] {
  const desk = openDesk(world);
  const scene = (daysAgo: number, at: string, play: () => Promise<void>): Scene => ({ daysAgo, at, play });
  return [
    ...[75, 45, 25, 5].flatMap((daysAgo) => [
      scene(daysAgo, '16:00', () => finish(world, 'tasks', 'done', 'Đã gọi, khách cảm ơn.')),
      scene(daysAgo, '16:30', () => finish(world, 'cases', 'close', 'Đã gọi hỏi thăm, khách vẫn dùng bình thường.')),
    ]),
    scene(20, '10:00', async () => {
      await world.api('POST', '/customers/KH-0017/merges', { other: 'KH-0018' });
    }),
    scene(15, '15:00', () =>
      closeCases(world, second.email, 'KH-0010', 'Đã kết nối cổng thanh toán, khách quét thử thành công.'),
    ),
    scene(12, '15:00', () => closeCases(world, agent.email, 'KH-0004', 'Đã chuyển gói, dữ liệu giữ nguyên.')),
    scene(3, '09:30', () => solve(world, desk, second)),
    scene(1, '10:00', async () => {
      await says(world, 'KH-0012', 'gặp nhân viên, mình quên mật khẩu');
      await desk.reply(second, 'KH-0012', 'Dạ em gửi chị liên kết đặt lại mật khẩu rồi ạ.');
      await desk.resolve(second, 'KH-0012', false);
    }),
    scene(1, '14:00', async () => {
      await says(world, 'KH-0015', 'gặp nhân viên giúp anh, máy in hoá đơn kẹt giấy suốt');
      await desk.take(agent, 'KH-0015');
      await desk.reply(agent, 'KH-0015', 'Dạ em hẹn kỹ thuật qua xem máy sáng mai, xong em báo anh ngay ạ.');
      await desk.note(agent, 'KH-0015', `@${manager.name} nhờ anh duyệt kỹ thuật đến tận nơi giúp em.`, [manager.id]);
      await desk.work(agent, 'KH-0015', 'task', 'Nhắc kỹ thuật mang máy in dự phòng', 12);
      await desk.snooze(agent, 'KH-0015', 44);
    }),
  ];
}

/** The work of the weeks before is done; a low score waits on, too long. */
async function finish(world: SeedWorld, what: 'tasks' | 'cases', act: string, outcome: string): Promise<void> {
  const { items } = work.parse(await world.api('GET', `/${what}?status=open&limit=100`));
  const low = cases.parse(await world.api('GET', '/cases?status=open&customer=KH-0006')).items.map(({ id }) => id);
  for (const { id, owner } of items) {
    if (!low.includes(id))
      await world.api('POST', `/${what}/${id}/${act}`, { by: owner ?? 'quan@ganbo.example', outcome });
  }
}

/** A conversation from the call to the thanks. */
async function solve(world: SeedWorld, desk: Desk, by: Staff['second']): Promise<void> {
  await says(world, 'KH-0016', 'cho mình gặp nhân viên, mình xếp nhầm lịch học bù');
  await desk.reply(by, 'KH-0016', 'Dạ em chào chị, em sửa lịch học bù giúp chị ngay ạ.');
  await says(world, 'KH-0016', 'lớp sáng thứ bảy em nhé');
  await desk.reply(by, 'KH-0016', 'Em chuyển sang sáng thứ bảy rồi, phụ huynh cũng đã nhận được tin ạ.');
  await desk.resolve(by, 'KH-0016', true);
  await says(world, 'KH-0016', '5');
}

async function closeCases(world: SeedWorld, by: string, customer: string, outcome: string): Promise<void> {
  const { items } = cases.parse(await world.api('GET', `/cases?customer=${customer}&status=open`));
  for (const { id } of items) await world.api('POST', `/cases/${id}/close`, { by, outcome });
}

/** The last hours: what an agent finds who opens the inbox now. */
export async function tellToday(world: SeedWorld, { second, manager }: Staff): Promise<void> {
  const desk = openDesk(world);
  await world.untilMinutesAgo(190);
  await says(world, 'KH-0020', 'Bên em làm ăn kiểu gì mà phụ huynh nhận tin hai lần, tôi bức xúc lắm rồi đấy');
  await loseOne(world);
  await world.untilMinutesAgo(70);
  await says(world, 'KH-0014', 'cho chị gặp nhân viên với');
  await desk.take(second, 'KH-0014');
  await desk.reply(second, 'KH-0014', 'Dạ em chào chị Nga, em nghe đây ạ.');
  await world.untilMinutesAgo(60);
  await says(world, 'KH-0014', 'Học phí tháng này có hai bạn đóng rồi mà vẫn báo còn thiếu');
  await desk.note(second, 'KH-0014', `Hai khoản ghi sai nội dung. @${manager.name} từng gặp ca giống vậy chưa?`, [
    manager.id,
  ]);
  await desk.reply(second, 'KH-0014', 'Em thấy hai khoản đó rồi, em khớp lại cho đúng bạn ngay ạ.');
  await desk.work(manager, 'KH-0006', 'task', 'Gọi xin lỗi khách về báo cáo tải chậm', 4);
  await world.untilMinutesAgo(25);
  await says(world, 'KH-0013', 'Chi nhánh 2 của anh không in được hoá đơn em ơi');
  await says(world, 'KH-0013', 'gặp nhân viên');
  await world.untilMinutesAgo(6);
  await says(world, 'KH-0014', 'Nhanh giúp chị nhé, phụ huynh đang chờ ở quầy');
}

/** The provider took it and never said so: nobody repeats it, somebody must look. */
async function loseOne(world: SeedWorld): Promise<void> {
  const { sandbox } = world;
  sandbox.setFault({ channel: 'messenger', kind: 'drop_answer', count: 1 });
  sandbox.setFault({ channel: 'messenger', kind: 'echo_never' });
  sandbox.setFault({ channel: 'messenger', kind: 'http500', scope: 'other' });
  await says(world, 'KH-0021', 'hướng dẫn in hoá đơn');
  await world.untilMinutesAgo(120);
  sandbox.clearFaults('messenger');
}
