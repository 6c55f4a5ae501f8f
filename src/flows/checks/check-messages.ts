// What is said fits on both channels: number and length of buttons, length of texts.
import { type ChannelLimits, channelLimits, channelTitles } from '../channel-limits.ts';
import type { Finding } from '../problem.ts';
import type { FlowFile } from '../read-flow.ts';
import type { Spoken } from '../steps/step-kind.ts';
import { atStep } from './flow-world.ts';

export function checkMessages(flow: FlowFile): Finding[] {
  return flow.steps.flatMap((step) =>
    step.spoken.flatMap((spoken) =>
      (['zalo', 'messenger'] as const)
        .flatMap((channel) => [
          ...buttonFindings(spoken, channel),
          ...titleFindings(spoken, channel),
          ...textFindings(spoken, channel),
        ])
        .map((finding) => atStep(step, finding)),
    ),
  );
}

type Channel = 'zalo' | 'messenger';

function buttonFindings({ choices, links }: Spoken, channel: Channel): Finding[] {
  const limit = channelLimits[channel];
  const tooMany = (count: number, most: number, path: string): Finding[] =>
    count <= most
      ? []
      : [
          {
            code: 'too_many_buttons',
            path: [path],
            message: `${channelTitles[channel]} chỉ cho ${most} nút một tin, ở đây có ${count}.`,
            fix: `Bớt còn ${most} nút, hoặc tách thành hai câu hỏi.`,
          },
        ];
  return [...tooMany(choices.length, limit.choices, 'options'), ...tooMany(links.length, limit.links, 'links')];
}

function titleFindings({ choices, links }: Spoken, channel: Channel): Finding[] {
  const limit = channelLimits[channel];
  const shown = choices.map(({ title, short, path }) => ({
    title: channel === 'messenger' ? (short ?? title) : title,
    path,
  }));
  const long = (items: { title: string; path: Finding['path'] }[], most: number, fix: string): Finding[] =>
    items
      .filter(({ title }) => title.length > most)
      .map(({ title, path }) => ({
        code: 'title_too_long',
        severity: 'warning',
        path,
        message: `Nút "${title}" dài ${title.length} ký tự, ${channelTitles[channel]} chỉ hiện ${most}.`,
        fix,
      }));
  return [
    ...long(shown, limit.choiceTitle, `Viết ngắn lại, hoặc thêm "short:" tối đa ${limit.choiceTitle} ký tự.`),
    ...long(links, limit.linkTitle, `Viết ngắn lại còn tối đa ${limit.linkTitle} ký tự.`),
  ];
}

function textFindings(spoken: Spoken, channel: Channel): Finding[] {
  const text = spoken[channel] ?? spoken.text;
  const most = textLimit(channelLimits[channel], spoken);
  if (text.length <= most) return [];
  const path = spoken[channel] === undefined ? [spoken.key] : [channel];
  return [
    {
      code: 'text_too_long',
      severity: 'warning',
      path,
      message: `Lời này dài ${text.length} ký tự, ${channelTitles[channel]} nhận ${most} một tin nên sẽ bị cắt thành nhiều tin.`,
      fix: `Viết ngắn lại, hoặc thêm "${channel}:" với lời riêng cho kênh này.`,
    },
  ];
}

function textLimit(limit: ChannelLimits, { links }: Spoken): number {
  return links.length > 0 ? limit.textWithLinks : limit.text;
}
