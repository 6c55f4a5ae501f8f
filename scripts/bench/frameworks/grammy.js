import { Bot, session } from 'grammy';
import { answerOf, providerUrl, serve } from './serve.js';

const botInfo = { id: 1, is_bot: true, first_name: 'Bench', username: 'bench_bot' };
const bot = new Bot('1:bench', { botInfo, client: { apiRoot: providerUrl } });
bot.use(session({ initial: () => ({ count: 0 }) }));
bot.on('message:text', async (context) => {
  context.session.count += 1;
  await context.reply(answerOf(context.session.count));
});
serve((update) => bot.handleUpdate(update));
