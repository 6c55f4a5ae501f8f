// npm run flows:play <flow>: be the customer of a flow in the terminal; time passes when you say so.

import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { createSimulation, type Simulation } from '../src/flow-tests/simulate-conversation.ts';
import { buildFlows } from '../src/flows/build-flows.ts';
import { parseDuration } from '../src/flows/duration.ts';
import type { FlowCommand } from '../src/flows/flow-run.ts';
import { createGuideLibrary } from '../src/flows/guides/guide-library.ts';
import { readGuidesDirectory } from '../src/flows/guides/read-guides-directory.ts';
import { formatDateTime } from '../src/flows/local-time.ts';
import { type Message, textOfMessage } from '../src/flows/message-schema.ts';
import { hintName } from '../src/flows/nearest-name.ts';
import { formatProblem } from '../src/flows/problem.ts';
import { sampleFacts } from '../src/flows/sample-facts.ts';
import { openFlowsFolder } from './flows-folder.ts';

const help = `Lệnh: /sau 2 days · /ảnh · /trả (nhân viên trả lại hội thoại) · /thoát. Còn lại là lời của khách; bấm nút thì gõ chữ hoặc số của nút.`;

const [id = '', channel = 'zalo'] = process.argv.slice(2);
const folder = await openFlowsFolder();
if (folder === null) process.exit();
const { directory, texts: files } = folder;
const { guides } = await readGuidesDirectory(join(directory, 'guides'));
const library = createGuideLibrary(guides);
const { built, problems } = buildFlows(
  [...files.flows].map(([path, source]) => ({ path, source })),
  { guides: library },
);
const flows = built.map(({ flow }) => flow);
for (const problem of problems) if (problem.severity === 'error') console.log(styleText('red', formatProblem(problem)));

if (!['zalo', 'messenger'].includes(channel)) {
  console.log(`Không có kênh nào tên "${channel}". Dùng: npm run flows:play <kịch bản> [zalo|messenger].`);
  process.exitCode = 1;
} else if (!flows.some((flow) => flow.id === id)) {
  console.log(
    `Dùng: npm run flows:play <kịch bản> [zalo|messenger]. ${hintName(
      id,
      flows.map((flow) => flow.id),
    )}`,
  );
  process.exitCode = 1;
} else await play();

async function play(): Promise<void> {
  const now = new Date();
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();
  const facts = sampleFacts(channel === 'messenger' ? 'messenger' : 'zalo', now.toISOString(), {
    subscription: { plan: 'Cơ bản', value: 3_588_000, started_at: inDays(-358), expires_at: inDays(7) },
  });
  const simulation = createSimulation({ flows, guides: library, facts });
  console.log(styleText('dim', help));
  simulation.start(id);
  show(simulation);
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: '› ' });
  terminal.prompt();
  for await (const line of terminal) {
    if (['/thoát', '/thoat', '/exit'].includes(line.trim())) break;
    act(simulation, line.trim());
    show(simulation);
    terminal.prompt();
  }
  terminal.close();
}

function act(simulation: Simulation, line: string): void {
  const span = /^\/sau\s+(.+)$/.exec(line)?.[1];
  const ms = span === undefined ? null : parseDuration(span);
  if (line === '') return;
  if (ms !== null && ms > 0) simulation.advance(ms);
  else if (line === '/ảnh' || line === '/anh') simulation.send('image');
  else if (line === '/trả' || line === '/tra') simulation.handBack();
  else if (line.startsWith('/')) console.log(styleText('dim', help));
  else simulation.say(line);
}

function show(simulation: Simulation): void {
  for (const { at, command } of simulation.takeEffects()) {
    if (command.type === 'say') showMessage(command.message);
    else if (!['cancel_timer', 'not_understood', 'end'].includes(command.type)) {
      console.log(
        styleText('dim', `   ⚙ ${describe(command)} (${formatDateTime(at.getTime(), simulation.facts.timeZone)})`),
      );
    }
  }
  const where = simulation.isWithPerson
    ? 'nhân viên đang phụ trách'
    : simulation.run === null
      ? 'không có kịch bản nào chạy'
      : `${simulation.run.flow.id} / ${simulation.run.step}`;
  console.log(styleText('dim', `   [${where}]`));
}

function showMessage(message: Message): void {
  console.log(styleText('green', textOfMessage(message)));
  if (message.kind !== 'text') return;
  message.choices.forEach(({ title }, index) => {
    console.log(styleText('cyan', `   ${index + 1}. [${title}]`));
  });
  for (const link of message.links)
    console.log(styleText('cyan', `   ↗ ${link.title}: ${'url' in link ? link.url : link.phone}`));
}

function describe(command: FlowCommand): string {
  const { type, ...rest } = command;
  return `${type} ${JSON.stringify(rest)}`;
}
