import { MessengerBot } from 'bottender';
import { answerOf, providerUrl, serve } from './serve.js';

const bot = new MessengerBot({
  accessToken: 't',
  appId: '1',
  appSecret: 'bench-app-secret',
  verifyToken: 'v',
  origin: providerUrl,
});
bot.setInitialState({ count: 0 });
bot.onEvent(async (context) => {
  const count = context.state.count + 1;
  context.setState({ count });
  await context.sendText(answerOf(count));
});
const handle = bot.createRequestHandler();
serve((body, request) =>
  handle(body, { method: 'POST', path: request.url, query: {}, headers: request.headers, id: 'r', url: request.url }),
);
