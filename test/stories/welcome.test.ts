import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  acceptedFor,
  afterDoing,
  afterTapping,
  afterWriting,
  CHANNELS,
  type ChannelName,
  choicesOf,
  conversationOf,
  ledgerOf,
  nameCustomer,
  said,
  shownBy,
  WELCOME_CHOICES,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => {
  stage.sandbox.clearFaults();
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

/** Somebody new, in the way new people come to that channel. */
function arrives(channel: ChannelName, name = 'Lê Thu Hà') {
  const person = stage.sandbox.createPerson({ channel, name });
  if (channel === 'zalo') stage.sandbox.follow(person);
  else stage.sandbox.write(person, 'Chào shop');
  return person;
}

test('a Zalo follow gets one welcome by name with three buttons', async () => {
  const lan = stage.sandbox.createPerson({ channel: 'zalo', name: 'Nguyễn Thị Lan' });
  const [welcome, ...more] = await afterDoing(stage, lan, () => stage.sandbox.follow(lan));
  expect(more).toEqual([]);
  expect(welcome?.text).toContain('Lan');
  expect(welcome?.choices.map((choice) => [choice.kind, choice.title])).toEqual(
    WELCOME_CHOICES.map((title) => ['query_show', title]),
  );
  const [sent] = acceptedFor(stage, lan);
  expect(sent?.path).toBe('/v3.0/oa/message/cs');
  expect(JSON.stringify(sent?.body)).not.toContain('template_type');
});

test('a first Messenger message gets the same conversation with quick replies', async () => {
  const minh = stage.sandbox.createPerson({ channel: 'messenger', name: 'Trần Văn Minh' });
  const [welcome, ...more] = await afterWriting(stage, minh, 'Chào shop');
  expect(more).toEqual([]);
  expect(welcome?.text).toContain('Minh');
  expect(welcome?.quickReplies.map((choice) => choice.title)).toEqual(WELCOME_CHOICES);
  expect(acceptedFor(stage, minh)[0]?.body).toMatchObject({ messaging_type: 'RESPONSE' });
});

test('the Get Started button is a first message too', async () => {
  const person = stage.sandbox.createPerson({ channel: 'messenger', name: 'Trần Văn Minh' });
  const answer = await afterDoing(stage, person, () => stage.sandbox.openChat(person, 'qr-quay-le-tan'));
  expect(answer.map(choicesOf)).toEqual([WELCOME_CHOICES]);
});

test('a Zalo chat that is opened without a word is welcomed', async () => {
  const person = stage.sandbox.createPerson({ channel: 'zalo', name: 'Trần Văn Minh' });
  const answer = await afterDoing(stage, person, () => stage.sandbox.openChat(person));
  expect(answer.map(choicesOf)).toEqual([WELCOME_CHOICES]);
});

test('a Zalo customer who writes without following is welcomed as well', async () => {
  const person = stage.sandbox.createPerson({ channel: 'zalo', name: 'Trần Văn Minh' });
  const answer = await afterWriting(stage, person, 'xin chào');
  expect(answer.map(choicesOf)).toEqual([WELCOME_CHOICES]);
});

describe.each(CHANNELS)('on %s', (channel) => {
  test.each([
    [WELCOME_CHOICES[0], 'hướng dẫn'],
    [WELCOME_CHOICES[1], 'đào tạo'],
    [WELCOME_CHOICES[2], 'nhân viên'],
  ])('the tap on "%s" leads there', async (title = '', words) => {
    const person = await welcomed(stage, channel);
    const answer = await afterTapping(stage, person, title);
    expect(answer.length).toBeGreaterThanOrEqual(1);
    expect(
      answer
        .map((message) => message.text)
        .join(' ')
        .toLowerCase(),
    ).toContain(words);
  });

  test('a profile that cannot be read leaves the welcome without a name', async () => {
    stage.sandbox.setFault({ channel, kind: 'http500', scope: 'profile' });
    const person = arrives(channel);
    await stage.settle();
    expect(said(stage, person)).toHaveLength(1);
    expect(said(stage, person)[0]).toMatch(/^Chào anh\/chị, em/);
  });

  test('a profile that takes longer than two seconds is not waited for', async () => {
    stage.sandbox.setFault({ channel, kind: 'stall', scope: 'profile', ms: 30_000, count: 1 });
    const person = arrives(channel);
    await stage.settle();
    expect(said(stage, person)).toHaveLength(1);
    expect(said(stage, person)[0]).toMatch(/^Chào anh\/chị, em/);
  });

  test('the same webhook twice is one welcome', async () => {
    stage.sandbox.setFault({ channel, kind: 'webhook_twice', count: 1 });
    const person = arrives(channel);
    await stage.settle();
    expect(said(stage, person)).toHaveLength(1);
    expect(acceptedFor(stage, person)).toHaveLength(1);
  });

  test('at night too: the customer has just come', async () => {
    const toMidnight = 24 - ((stage.clock.now().getUTCHours() + 7) % 24);
    await stage.pass({ hours: toMidnight });
    const person = arrives(channel);
    await stage.settle();
    expect(shownBy(stage, person).map(choicesOf)).toEqual([WELCOME_CHOICES]);
    await stage.pass({ hours: 10 });
  });

  test('who does not choose is reminded once after two days, as far as the channel allows', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await stage.pass({ hours: 47 });
    expect(said(stage, person)).toHaveLength(1);
    await stage.pass({ days: 10 });
    if (channel === 'zalo') {
      expect(said(stage, person)).toHaveLength(2);
      expect(said(stage, person)[1]).toContain('em vẫn ở đây');
    } else {
      expect(said(stage, person)).toHaveLength(1);
      expect((await ledgerOf(stage, customer, 'message_skipped')).map((line) => line.reason)).toEqual([
        expect.stringContaining('Quá 24 giờ'),
      ]);
    }
  });

  test('who chose is not reminded', async () => {
    const person = await welcomed(stage, channel);
    await afterTapping(stage, person, 'Hướng dẫn sử dụng');
    const before = said(stage, person).length;
    await stage.pass({ days: 5 });
    expect(said(stage, person)).toHaveLength(before);
  });

  test('two messages in quick succession are both heard, in order', async () => {
    const person = stage.sandbox.createPerson({ channel, name: 'Phạm Tuấn' });
    const answer = await afterWriting(stage, person, 'chào shop', 'đặt lịch đào tạo');
    expect(answer).toHaveLength(2);
    expect(choicesOf(answer[0])).toEqual(WELCOME_CHOICES);
    expect(answer[1]?.text).toContain('đào tạo');
  });

  test('a training that is called off stands nowhere any more, and its hour can be booked again', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const [slots] = await afterWriting(stage, person, 'đặt lịch đào tạo');
    const hour = choicesOf(slots)[1] ?? '';
    const [booked] = await afterTapping(stage, person, hour);
    const [off] = await afterWriting(stage, person, 'huỷ lịch giùm chị');
    expect(off?.text).toContain('đã huỷ');
    const standing = async () => {
      const { rows } = await stage.db.pool.query<{ off: boolean }>(
        `SELECT cancelled_at IS NOT NULL AS off FROM training_bookings b JOIN customers c ON c.id = b.customer_id
         WHERE c.external_id = $1 ORDER BY b.created_at`,
        [customer],
      );
      return rows.map((row) => row.off);
    };
    expect(await standing()).toEqual([true]);
    const calendar = await fetch(`${stage.address}${new URL(booked?.links[1]?.target ?? '').pathname}`);
    expect(await calendar.text()).toContain('STATUS:CANCELLED');
    expect(await ledgerOf(stage, customer, 'training_cancelled')).toMatchObject([{ reason: 'Khách huỷ trong chat' }]);
    // Now it is a matter of their software.
    const [guide] = await afterWriting(stage, person, 'huỷ lịch');
    expect(guide?.text).toContain('lịch hẹn');
    expect(await ledgerOf(stage, customer, 'training_cancelled')).toHaveLength(1);
    await afterWriting(stage, person, 'đặt lịch đào tạo');
    const [again] = await afterTapping(stage, person, hour);
    expect(again?.text).toContain('Em đã đặt lịch');
    expect(await standing()).toEqual([true, false]);
  });

  test('a training is booked with room and calendar file, and reminded of an hour before, whatever was asked between', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    const [slots] = await afterWriting(stage, person, 'đặt lịch đào tạo');
    const [booked] = await afterTapping(stage, person, choicesOf(slots)[2] ?? '');
    expect(booked?.text).toContain('Em đã đặt lịch');
    expect(booked?.links.map((link) => link.title)).toEqual(['Vào phòng học', 'Thêm vào lịch']);
    const calendar = await fetch(`${stage.address}${new URL(booked?.links[1]?.target ?? '').pathname}`);
    expect(calendar.status).toBe(200);
    expect(await calendar.text()).toContain('BEGIN:VEVENT');
    const [line] = await ledgerOf(stage, customer, 'training_booked');
    const startsAt = Date.parse(String(line?.data.startsAt));
    await afterWriting(stage, person, 'hướng dẫn tạo lịch hẹn');
    await afterWriting(stage, person, 'được rồi cảm ơn');
    const before = said(stage, person).length;
    await stage.pass({ seconds: (startsAt - stage.clock.now().getTime()) / 1000 - 3605 });
    expect(said(stage, person)).toHaveLength(before);
    // Messenger's window of 24 hours must still be open.
    if (channel === 'messenger') stage.sandbox.react(person, shownBy(stage, person).at(-1)?.id ?? '', '❤️');
    await stage.settle();
    await stage.pass({ minutes: 1 });
    expect(said(stage, person).slice(before)).toEqual([expect.stringContaining('còn một giờ nữa')]);
    expect(await conversationOf(stage, customer)).toMatchObject({ state: 'bot', flow: null });
  });
});

test('who unfollows and follows again within the week is not welcomed twice', async () => {
  const person = await welcomed(stage, 'zalo');
  await stage.pass({ minutes: 5 });
  stage.sandbox.unfollow(person);
  await stage.pass({ minutes: 5 });
  expect(await afterDoing(stage, person, () => stage.sandbox.follow(person))).toEqual([]);
  const customer = await nameCustomer(stage, person);
  const followings = await ledgerOf(stage, customer, 'followed', 'unfollowed');
  expect(followings.map((line) => line.kind)).toEqual(['followed', 'unfollowed', 'followed']);
});

test('a follow and a first message at once bring one welcome', async () => {
  const person = stage.sandbox.createPerson({ channel: 'zalo', name: 'Phạm Tuấn' });
  stage.sandbox.follow(person);
  const answer = await afterWriting(stage, person, 'chào shop');
  expect(answer.filter((message) => message.text.includes('cảm ơn anh/chị đã tin dùng'))).toHaveLength(1);
});

test('a webhook that is late overtakes nobody: the welcome still comes once', async () => {
  stage.sandbox.setFault({ channel: 'zalo', kind: 'webhook_reordered', count: 1 });
  const person = stage.sandbox.createPerson({ channel: 'zalo', name: 'Phạm Tuấn' });
  stage.sandbox.follow(person);
  stage.sandbox.write(person, 'hướng dẫn');
  await stage.settle();
  expect(said(stage, person).filter((text) => text.includes('đã tin dùng'))).toHaveLength(1);
  expect(said(stage, person).some((text) => text.includes('chủ đề'))).toBe(true);
});
