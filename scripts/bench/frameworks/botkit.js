import botbuilder from 'botbuilder-adapter-facebook';
import botkit from 'botkit';
import { answerOf, providerUrl, serve } from './serve.js';

/** Its own client can only speak https: the bench's provider does not. */
class PlainApi extends botbuilder.FacebookAPI {
  async callAPI(path, method, payload) {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(payload);
    return await (await fetch(`${providerUrl}/v3.2${path}?access_token=t`, { method, headers, body })).json();
  }
}
class PlainAdapter extends botbuilder.FacebookAdapter {
  async getAPI() {
    return new PlainApi('t', 'bench-app-secret');
  }
  verifySignature() {
    return true;
  }
}
const adapter = new PlainAdapter({ verify_token: 'v', access_token: 't', app_secret: 'bench-app-secret' });
const controller = new botkit.Botkit({ adapter, disable_webserver: true });
const counts = new Map();
controller.on('message', async (bot, message) => {
  const count = (counts.get(message.user) ?? 0) + 1;
  counts.set(message.user, count);
  await bot.reply(message, answerOf(count));
});
serve(
  (body, request) =>
    new Promise((resolve, reject) => {
      const response = { status() {}, json() {}, send() {}, end: resolve };
      controller.adapter
        .processActivity(
          { body, headers: request.headers, query: {} },
          response,
          controller.handleTurn.bind(controller),
        )
        .then(resolve, reject);
    }),
);
