// Who works for the invented business: invited and accepted as real ones are, in two teams, with their canned replies.
import { z } from 'zod';
import type { SeedWorld } from './open-seed-world.ts';

export type StaffPerson = { id: string; email: string; password: string; name: string };
export type Staff = Record<'agent' | 'second' | 'marketer' | 'manager', StaffPerson>;

const people = [
  { key: 'agent', email: 'thao@ganbo.example', name: 'Nguyễn Thanh Thảo', role: 'agent', team: 'spa', skills: ['spa'] },
  {
    key: 'second',
    email: 'nam@ganbo.example',
    name: 'Trần Hoài Nam',
    role: 'agent',
    team: 'centre',
    skills: ['đào tạo'],
  },
  { key: 'marketer', email: 'vy@ganbo.example', name: 'Lê Tường Vy', role: 'marketer', team: null, skills: [] },
  { key: 'manager', email: 'quan@ganbo.example', name: 'Phạm Minh Quân', role: 'manager', team: null, skills: [] },
] as const;

const cannedReplies = [
  {
    shortcut: 'chao',
    title: 'Chào và nhận việc',
    text: 'Em chào {address} {customer.given_name}, em là nhân viên chăm sóc. Em xem giúp {address} ngay ạ.',
  },
  {
    shortcut: 'cho-em',
    title: 'Xin thêm thời gian',
    text: '{Address} chờ em ít phút, em kiểm tra với bộ phận kỹ thuật rồi báo {address} liền ạ.',
  },
  {
    shortcut: 'gia-han',
    title: 'Thông tin gia hạn',
    text: 'Gói của {address} còn dùng đến {subscription.expires_at | date}. Em gửi {address} thông tin chuyển khoản nhé.',
  },
  {
    shortcut: 'cam-on',
    title: 'Cảm ơn, kết thúc',
    text: 'Em cảm ơn {address} {customer.given_name}. Cần gì {address} cứ nhắn em nhé!',
  },
];

const invited = z.object({ id: z.uuid(), link: z.object({ url: z.string() }) });
const made = z.object({ id: z.uuid() });

/** Everybody gets the password of the admin: this is a house of cards on one machine. */
export async function hireStaff(world: SeedWorld, admin: { email: string; password: string }): Promise<Staff> {
  const spa = made.parse(await world.as(admin, 'POST', '/teams', { name: 'Chăm sóc spa' })).id;
  const centre = made.parse(await world.as(admin, 'POST', '/teams', { name: 'Chăm sóc trung tâm' })).id;
  const teams = { spa, centre };
  const hired: Partial<Staff> = {};
  for (const { key, team, email, name, role, skills } of people) {
    const teamId = team === null ? null : teams[team];
    const fields = { email, name, role, teamId, skills, capacity: role === 'agent' ? 20 : null };
    const { id, link } = invited.parse(await world.as(admin, 'POST', '/staff', fields));
    const token = new URL(link.url).pathname.split('/').at(-1) ?? '';
    await world.open(`/links/${token}`, { password: admin.password });
    hired[key] = { id, email, name, password: admin.password };
  }
  const { agent, second, marketer, manager } = hired;
  if (!(agent && second && marketer && manager)) throw new Error('Somebody was not hired.');
  for (const reply of cannedReplies) await world.as(manager, 'POST', '/canned-replies', { ...reply, teamId: null });
  return { agent, second, marketer, manager };
}
