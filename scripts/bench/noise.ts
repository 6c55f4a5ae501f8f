// node noise.ts <address> <person> <per second>: one customer who writes until the parent lets go. A process of its own, so
// that writing does not hold up the clock of those who measure the others' answers.
import { eachSecond, postMessage } from './messages.ts';

const [address = '', person = '', perSecond = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
for (;;) {
  // What is refused is no less noise.
  await eachSecond(Number(perSecond), 1, () => void postMessage(address, Number(person), 'alo').catch(() => 0));
}
