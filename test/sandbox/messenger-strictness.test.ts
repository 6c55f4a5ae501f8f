// The pretend Graph API refuses what the real one would refuse, with its codes and shapes.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/clock.ts';
import type { Person } from '../../src/sandbox/sandbox-schema.ts';
import { callGraph, type Harness, startHarness } from './sandbox-harness.ts';

let harness: Harness;
let minh: Person;

beforeEach(async () => {
  harness = await startHarness();
  minh = harness.sandbox.createPerson({ channel: 'messenger', name: 'Trần Văn Minh', phone: '0987654321' });
  harness.sandbox.write(minh, 'chào trang');
});
afterEach(() => harness.close());

const send = (body: Record<string, unknown>) =>
  callGraph(harness.sandbox, '/me/messages', { recipient: { id: minh.id }, messaging_type: 'RESPONSE', ...body });
const template = (payload: unknown) => ({ attachment: { type: 'template', payload } });
const postback = { type: 'postback', title: 'Xem', payload: 'xem' };
const chip = { content_type: 'text', title: 'Có', payload: 'co' };
const feedback = {
  template_type: 'customer_feedback',
  title: 'Mình thấy thế nào?',
  subtitle: 'Góp ý giúp tụi em nhé',
  button_title: 'Đánh giá',
  feedback_screens: [{ questions: [{ id: 'q1', type: 'csat' }] }],
  business_privacy: { url: 'https://example.com/privacy' },
};

describe('what /messages takes', () => {
  it.each([
    ['text of 1,999', { text: 'a'.repeat(1999) }],
    ['13 quick replies', { text: 'a', quick_replies: Array(13).fill(chip) }],
    ['phone chip', { text: 'a', quick_replies: [{ content_type: 'user_phone_number' }] }],
    [
      'button template',
      template({
        template_type: 'button',
        text: 'a',
        buttons: [postback, { type: 'web_url', title: 'Mở', url: 'https://example.com' }],
      }),
    ],
    [
      'generic template',
      template({ template_type: 'generic', elements: [{ title: 'A', subtitle: 'b', buttons: [postback] }] }),
    ],
    ['image by address', { attachment: { type: 'image', payload: { url: 'https://example.com/a.png' } } }],
    [
      'receipt',
      template({
        template_type: 'receipt',
        recipient_name: 'Minh',
        order_number: '1',
        currency: 'VND',
        payment_method: 'Momo',
        elements: [{ title: 'Gói Pro', price: 399000 }],
        summary: { total_cost: 399000 },
      }),
    ],
    ['feedback', template(feedback)],
    ['sticker', { sticker_id: 767226160478561 }],
  ])('%s', async (_, message) => {
    const answer = await send({ message });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ recipient_id: minh.id, message_id: expect.stringMatching(/^m_/) });
  });

  it('17-digit ids, metadata of ours in the ledger', async () => {
    expect(minh.id).toMatch(/^\d{17}$/);
    expect(BigInt(minh.id)).toBeGreaterThan(2n ** 53n);
    await send({ message: { text: 'chào', metadata: 'out-7' } });
    expect(harness.sandbox.ledger.at(-1)).toMatchObject({
      outboundMessageId: 'out-7',
      text: 'chào',
      personId: minh.id,
    });
  });

  it('typing shows and answers only recipient_id', async () => {
    const answer = await callGraph(harness.sandbox, '/me/messages', {
      recipient: { id: minh.id },
      sender_action: 'typing_on',
    });
    expect(answer.body).toEqual({ recipient_id: minh.id });
    expect(harness.sandbox.ledger).toHaveLength(0);
  });
});

describe('what /messages refuses', () => {
  it.each([
    ['no messaging_type', { messaging_type: undefined, message: { text: 'a' } }, 100],
    ['unknown messaging_type', { messaging_type: 'NEWS', message: { text: 'a' } }, 100],
    ['text of 2,000', { message: { text: 'a'.repeat(2000) } }, 100],
    ['metadata of 1,000', { message: { text: 'a', metadata: 'a'.repeat(1000) } }, 100],
    ['14 quick replies', { message: { text: 'a', quick_replies: Array(14).fill(chip) } }, 100],
    ['quick reply title of 21', { message: { text: 'a', quick_replies: [{ ...chip, title: 'a'.repeat(21) }] } }, 100],
    [
      'four buttons',
      { message: template({ template_type: 'button', text: 'a', buttons: Array(4).fill(postback) }) },
      100,
    ],
    [
      'button text of 641',
      { message: template({ template_type: 'button', text: 'a'.repeat(641), buttons: [postback] }) },
      100,
    ],
    [
      'eleven cards',
      { message: template({ template_type: 'generic', elements: Array(11).fill({ title: 'a', subtitle: 'b' }) }) },
      100,
    ],
    ['card with a title only', { message: template({ template_type: 'generic', elements: [{ title: 'a' }] }) }, 100],
    ['unknown template', { message: template({ template_type: 'list', elements: [] }) }, 100],
    ['text and attachment', { message: { text: 'a', ...template(feedback) } }, 100],
    ['tag without MESSAGE_TAG', { tag: 'HUMAN_AGENT', message: { text: 'a' } }, 100],
    ['dead tag', { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE', message: { text: 'a' } }, 100],
    ['feedback tag on text', { messaging_type: 'MESSAGE_TAG', tag: 'CUSTOMER_FEEDBACK', message: { text: 'a' } }, 100],
    ['unknown field', { idempotency_key: '1', message: { text: 'a' } }, 100],
    [
      'unapproved utility template',
      { messaging_type: 'UTILITY', message: { template: { name: 'x', language: { code: 'vi' } } } },
      100,
    ],
  ])('%s', async (_, body, code) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code, type: 'OAuthException', fbtrace_id: expect.any(String) });
    expect(harness.sandbox.ledger).toHaveLength(0);
  });

  it.each([
    ['unknown person', { recipient: { id: '20000000000000001' }, message: { text: 'a' } }, 100, 2018001],
    ['message with sender_action', { sender_action: 'typing_on', message: { text: 'a' } }, 100, 2018014],
    [
      'unknown attachment',
      { message: { attachment: { type: 'image', payload: { attachment_id: '1' } } } },
      100,
      2018074,
    ],
  ])('%s', async (_, body, code, error_subcode) => {
    expect((await send(body)).body.error).toMatchObject({ code, error_subcode });
  });

  it('a wrong token: 190; a wrong proof: 100; the right proof passes', async () => {
    const { sandbox } = harness;
    const { pageAccessToken, appSecret } = sandbox.messengerSettings;
    const wrong = await callGraph(sandbox, '/me', undefined, { authorization: 'Bearer x' });
    expect([wrong.status, wrong.body.error]).toEqual([400, expect.objectContaining({ code: 190 })]);
    const proof = createHmac('sha256', appSecret).update(pageAccessToken).digest('hex');
    expect((await callGraph(sandbox, '/me?appsecret_proof=1')).body.error).toMatchObject({ code: 100 });
    expect((await callGraph(sandbox, `/me?appsecret_proof=${proof}`)).status).toBe(200);
  });

  it('a blocked page: 551/1545041', async () => {
    harness.sandbox.block(minh);
    expect((await send({ message: { text: 'a' } })).body.error).toMatchObject({ code: 551, error_subcode: 1545041 });
  });

  it('unknown paths are noted', async () => {
    expect((await callGraph(harness.sandbox, '/me/mesages', {})).status).toBe(400);
    expect(harness.sandbox.violations).toMatchObject([{ channel: 'messenger', path: '/v25.0/me/mesages' }]);
  });
});

describe('the window', () => {
  const text = { message: { text: 'a' } };
  const human = { ...text, messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  const form = { message: template(feedback), messaging_type: 'MESSAGE_TAG', tag: 'CUSTOMER_FEEDBACK' };
  const utility = {
    messaging_type: 'UTILITY',
    message: {
      template: {
        name: 'training_confirmed',
        language: { code: 'vi' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Minh' },
              { type: 'text', text: '9:00' },
            ],
          },
        ],
      },
    },
  };
  it.each([
    ['24 hours: text', DAY_MS, text, true],
    ['24 hours and a bit: text', DAY_MS + 1, text, false],
    ['24 hours and a bit: UPDATE', DAY_MS + 1, { ...text, messaging_type: 'UPDATE' }, false],
    ['7 days: HUMAN_AGENT', 7 * DAY_MS, human, true],
    ['7 days and a bit: HUMAN_AGENT', 7 * DAY_MS + 1, human, false],
    ['6 days: feedback', 6 * DAY_MS, form, true],
    ['30 days: utility template', 30 * DAY_MS, utility, true],
  ])('%s', async (_, ms, body, isAllowed) => {
    harness.sandbox.advanceClock(ms);
    const answer = await send(body);
    if (isAllowed) expect(answer.status).toBe(200);
    else expect(answer.body.error).toMatchObject({ code: 10, error_subcode: 2018278 });
  });

  it('a reaction opens it again', async () => {
    await send(text);
    harness.sandbox.advanceClock(25 * HOUR_MS);
    const shown = harness.sandbox.shownTo(minh).at(-1);
    harness.sandbox.react(minh, shown?.id ?? '', '❤️');
    expect((await send(text)).status).toBe(200);
  });
});

describe('reading and settings', () => {
  it('profiles, conversations, subscription', async () => {
    const { sandbox } = harness;
    const profile = await callGraph(sandbox, `/${minh.id}?fields=first_name,last_name`);
    expect(profile.body).toEqual({ first_name: 'Minh', last_name: 'Trần Văn', id: minh.id });
    const silent = sandbox.createPerson({ channel: 'messenger', name: 'Lê Hoa' });
    expect((await callGraph(sandbox, `/${silent.id}?fields=first_name`)).body).toEqual({});
    expect((await callGraph(sandbox, '/20000000000000001')).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    await send({ message: { text: 'chào Minh' } });
    const list = await callGraph(
      sandbox,
      `/me/conversations?platform=messenger&user_id=${minh.id}&fields=messages{message}`,
    );
    expect(list.body.data).toMatchObject([
      { messages: { data: [{ message: 'chào Minh' }, { message: 'chào trang' }] } },
    ]);
    await callGraph(sandbox, '/me/subscribed_apps?subscribed_fields=messages,message_echoes', {});
    expect((await callGraph(sandbox, '/me/subscribed_apps')).body.data).toMatchObject([
      { subscribed_fields: ['messages', 'message_echoes'] },
    ]);
  });

  it('a menu needs Get Started; ten calls in ten minutes', async () => {
    const { sandbox } = harness;
    const menu = { persistent_menu: [{ locale: 'default', call_to_actions: [postback] }] };
    const setProfile = (body: unknown) => callGraph(sandbox, '/me/messenger_profile', body);
    expect((await setProfile(menu)).body.error).toMatchObject({ error_subcode: 2018145 });
    expect((await setProfile({ get_started: { payload: 'BAT_DAU' }, ...menu })).body).toEqual({ result: 'success' });
    for (let call = 0; call < 8; call += 1) await callGraph(sandbox, '/me/messenger_profile?fields=get_started');
    expect((await callGraph(sandbox, '/me/messenger_profile?fields=get_started')).body.error).toMatchObject({
      code: 613,
    });
    harness.clock.advance(10 * MINUTE_MS);
    expect((await callGraph(sandbox, '/me/messenger_profile?fields=get_started')).body).toEqual({
      data: [{ get_started: { payload: 'BAT_DAU' } }],
    });
  });

  it('an attachment is uploaded once and sent by its id', async () => {
    const { sandbox } = harness;
    const form = new FormData();
    form.append('message', JSON.stringify({ attachment: { type: 'image', payload: { is_reusable: true } } }));
    form.append('filedata', new Blob([Buffer.from('anh')], { type: 'image/png' }), 'a.png');
    const headers = { authorization: `Bearer ${sandbox.messengerSettings.pageAccessToken}` };
    const response = await fetch(`${sandbox.url}/v25.0/me/message_attachments`, {
      method: 'POST',
      headers,
      body: form,
    });
    const uploaded: { attachment_id: string } = JSON.parse(await response.text());
    const answer = await send({ message: { attachment: { type: 'image', payload: uploaded } } });
    expect(answer.status).toBe(200);
    const picture = await fetch(sandbox.shownTo(minh).at(-1)?.mediaUrl ?? '');
    expect(await picture.text()).toBe('anh');
  });

  it('uploads up to 25 MB, pictures too; what is bigger is named', async () => {
    const { sandbox } = harness;
    const headers = { authorization: `Bearer ${sandbox.messengerSettings.pageAccessToken}` };
    const upload = async (bytes: number) => {
      const form = new FormData();
      form.append('recipient', JSON.stringify({ id: minh.id }));
      form.append('messaging_type', 'RESPONSE');
      form.append('message', JSON.stringify({ attachment: { type: 'image', payload: {} } }));
      form.append('filedata', new Blob([Buffer.alloc(bytes)], { type: 'image/png' }), 'a.png');
      const answer = await fetch(`${sandbox.url}/v25.0/me/messages`, { method: 'POST', headers, body: form });
      return JSON.parse(await answer.text());
    };
    expect(await upload(9 * 1024 * 1024)).toMatchObject({ message_id: expect.any(String) });
    expect(await upload(25 * 1024 * 1024 + 1)).toMatchObject({ error: { code: 100, error_subcode: 2018109 } });
    expect(sandbox.violations).toEqual([]);
  });

  it('two looks into conversations a second, ten films or sounds', async () => {
    const { sandbox, clock } = harness;
    const look = async () => (await callGraph(sandbox, '/me/conversations?platform=messenger')).status;
    expect([await look(), await look(), await look()]).toEqual([200, 200, 400]);
    const film = { attachment: { type: 'video', payload: { url: 'https://example.com/a.mp4' } } };
    const films: number[] = [];
    for (let n = 0; n < 11; n += 1) films.push((await send({ message: film })).status);
    expect(films).toEqual([...Array(10).fill(200), 400]);
    expect((await send({ message: { text: 'chữ thì được' } })).status).toBe(200);
    clock.advance(1_000);
    expect([await look(), (await send({ message: film })).status]).toEqual([200, 200]);
  });
});
