// What a message wants of our messages: stop them all, stop only advertising, have them again. The whole message must be
// about that: one word of another matter ("lịch hẹn", "gói", "phần mềm") and it is no such wish.
import { isSameWord, makeWordTest, type Phrase, readSaying } from './match-phrase.ts';

export const wishes = ['opt_out', 'opt_out_advertising', 'opt_in'] as const;
export type Wish = (typeof wishes)[number];

const isStop = makeWordTest('dừng ngừng ngưng stop stopp sotp stpo dugn dưng');
/** Stops only together with what is sent: "hủy" alone may be a booking, "thôi" may be anything. */
const isStopOfMessages = makeWordTest('dừng ngừng ngưng stop hủy bỏ tắt ngắt thôi chấm dứt hết dưng');
const isDenier = makeWordTest('đừng chớ khỏi không chẳng chả đưng');
const isFirmDenier = makeWordTest('đừng chớ khỏi đưng');
const isWill = makeWordTest('muốn cần thích cho phép đồng ý có');
const isSending = makeWordTest('nhắn gửi gởi nhận spam phiền rầy nhăn');
const isBothering = makeWordTest('phiền rầy spam');
const isMessage = makeWordTest('tin tn sms mess qc quảng cáo message messages');
/** Sent by us, but also parts of other people's programs: not enough alone. */
const isSoftMessage = makeWordTest('thông báo khuyến mãi mại ưu đãi tiếp thị chăm sóc bài mời chào');
const isAdvertising = makeWordTest('quảng qc');
const isEnrolment = makeWordTest('đăng theo ký dõi');
const isMore = makeWordTest('nữa thêm lại');
const isNot = makeWordTest('không');
const isAble = makeWordTest('được');
const isEnough = makeWordTest('thôi hết');
const isJust = makeWordTest('thôi');
const isAgain = makeWordTest('lại');
const isTexting = makeWordTest('nhắn');
const isOutgoing = makeWordTest('gửi gởi nhắn');
const isEnding = makeWordTest('chấm');
const isEnded = makeWordTest('dứt');
const isOnly = makeWordTest('chỉ riêng mỗi');
/** Says nothing about what the matter is. */
const isFiller = makeWordTest(
  'dạ vâng ừ à ơi ạ anh chị em bạn mình tôi tui tao ad admin shop cho xin vui lòng làm ơn giúp giùm dùm hộ hãy là thì ok rồi nhờ nhé nha nhe nhá đi với nào luôn ngay please cảm ơn cám đó á vậy các những mấy cái này kia đến tới từ bên zalo facebook fb messenger oa page vào và hoặc hay hết tất cả mọi lập tức quá nhiều ơi hiện giờ nay sau tự động hằng hàng ngày kiểu loại làm quấy việc liên tục',
);

const ENGLISH = new Set([
  ...['stop', 'please', 'sending', 'send', 'messaging', 'texting', 'me', 'messages', 'message', 'texts', 'ads', 'spam'],
  ...['all', 'these', 'the', 'no', 'more', 'dont', 'don', 't', 'do', 'not', 'spamming', 'any', 'contact', 'now', 'to'],
]);
const ENGLISH_STOP = ['stop', 'no more', 'dont', 'don t', 'do not'];
const ENGLISH_MESSAGES = ['messag', 'text', 'ads', 'spam', 'contact'];

/** Written in one go, or as the law and the networks spell it. */
const FIXED = new Set([
  ...[
    'unsubscribe',
    'unsub',
    'unsubcribe',
    'unsuscribe',
    'unsubscrib',
    'unsubscribed',
    'opt out',
    'optout',
    'stop all',
  ],
  ...[
    'stopall',
    'tu choi',
    'tuchoi',
    'huydangky',
    'huydk',
    'huynhantin',
    'dungnhantin',
    'ngungnhantin',
    'tcqc',
    'tc qc',
  ],
  ...['remove me', 'unfollow', 'hdk', 'ngung nhan', 'unsubscribe me', 'please unsubscribe', 'quit', 'stop it'],
]);
const BACK = new Set(['start', 'unstop', 'resume', 'subscribe', 'nhantin', 'nhanlaitin', 'dangkynhantin']);
const REFUSE = readSaying('từ chối');
const ENROL = ['đăng ký', 'theo dõi', 'quan tâm'].map(readSaying);
const LONGEST = 18;

let lastRead: { said: Phrase; wish: Wish | null } = { said: [], wish: null };

/** null when the message is about anything else, or about nothing that is sure. */
export function readWish(said: Phrase): Wish | null {
  // One message is held against the rules of many flows.
  if (lastRead.said !== said) lastRead = { said, wish: wishOf(said) };
  return lastRead.wish;
}

function wishOf(said: Phrase): Wish | null {
  if (said.length === 0 || said.length > LONGEST) return null;
  const folded = said.map((word) => word.folded).join(' ');
  // Long vowels of "ký" and "kí" are one in folded words already.
  if (FIXED.has(folded) || FIXED.has(folded.replace(/ki$/, 'ky'))) return isSpelledAsMeant(said) ? 'opt_out' : null;
  if (BACK.has(folded)) return 'opt_in';
  if (isEnglishStop(folded)) return 'opt_out';
  const words = said.filter((word) => !isOnly(word));
  if (words.length < said.length) return isStopWish(words) && words.some(isAdvertising) ? 'opt_out_advertising' : null;
  return isStopWish(words) ? 'opt_out' : null;
}

/** "từ chối" is one thing, "tư chơi" another. */
function isSpelledAsMeant(said: Phrase): boolean {
  const [first] = said;
  if (said.length !== 2 || first?.folded !== 'tu') return true;
  return startsAs(said, REFUSE);
}

function isEnglishStop(folded: string): boolean {
  const words = folded.split(' ');
  return (
    words.length > 1 &&
    words.every((word) => ENGLISH.has(word)) &&
    ENGLISH_STOP.some((start) => `${folded} `.includes(`${start} `)) &&
    ENGLISH_MESSAGES.some((part) => folded.includes(part))
  );
}

function isStopWish(words: Phrase): boolean {
  const rest = [...words];
  while (isFiller(rest[0]) && !beginsWish(rest)) rest.shift();
  const isUnsure = isAmbiguous(words);
  while (rest.length > 1 && (isFiller(rest.at(-1)) || isJust(rest.at(-1)))) rest.pop();
  // "được không" at the end asks politely.
  if (rest.length > 3 && isNot(rest.at(-1)) && isAble(rest.at(-2))) rest.splice(-2);
  const at = rest[0];
  if (at === undefined || (isUnsure && rest.length === 1)) return false;
  if (isEnough(at) && isDenier(rest[1])) return isStopWish(rest.slice(1));
  return isDenied(rest) || isStopped(rest) || isRefused(rest) || isBotheredOnly(rest);
}

/** Words that say nothing by themselves, but begin a wish before the right next one. */
function beginsWish(words: Phrase): boolean {
  return isSending(words[0]) || startsAs(words, REFUSE) || (isStopOfMessages(words[0]) && isSending(words[1]));
}

/** đừng nhắn nữa, không muốn nhận tin quảng cáo, khỏi gửi tin */
function isDenied(words: Phrase): boolean {
  const [first] = words;
  if (!isDenier(first)) return false;
  let at = 1;
  while (isWill(words[at]) || (isFiller(words[at]) && !isSending(words[at]))) at += 1;
  if (!isSending(words[at])) return false;
  const rest = words.slice(at);
  if (!rest.every((word) => isSending(word) || isAboutMessages(word))) return false;
  const isNamed = rest.some(isMessage) || rest.some(isBothering) || (rest.some(isSoftMessage) && rest.length > 1);
  const isNoMore = rest.some(isMore) && !isAgain(rest.at(-1));
  const isToldOff = isFirmDenier(first) && isTexting(words[at]) && words.length <= at + 3;
  return isNamed || isToldOff || (isNoMore && (isFirmDenier(first) || at > 1 || isOutgoing(words[at])));
}

/** dừng, ngừng gửi tin, hủy đăng ký, bỏ theo dõi, tắt quảng cáo */
function isStopped(words: Phrase): boolean {
  const [first] = words;
  const rest = words.slice(isEnding(first) && isEnded(words[1]) ? 2 : 1);
  if (isStop(first) && rest.every((word) => isFiller(word) || isMore(word)) && !isAmbiguous(words)) return true;
  if (!isStopOfMessages(first) || rest.length === 0) return false;
  if (!rest.every((word) => isSending(word) || isAboutMessages(word) || isEnrolment(word))) return false;
  const isEnrolled = ENROL.some((phrase) => startsAs(rest, phrase));
  const isSent = rest.some(isSending) && (rest.some(isMessage) || rest.some(isSoftMessage) || isStop(first));
  return isEnrolled || isSent || rest.some(isMessage);
}

/** "dung a" is "đúng ạ" as likely as not; "dung" alone is nothing else. */
function isAmbiguous(words: Phrase): boolean {
  const [first] = words;
  return words.length > 1 && first?.folded === 'dung' && first.spelled === first.folded && !words.some(isMore);
}

/** từ chối nhận tin */
function isRefused(words: Phrase): boolean {
  if (!startsAs(words, REFUSE)) return false;
  const rest = words.slice(2);
  return rest.every((word) => isSending(word) || isAboutMessages(word)) && (rest.length === 0 || rest.some(isMessage));
}

/** phiền quá, spam nhiều quá đừng gửi nữa: only with the second half. */
function isBotheredOnly(words: Phrase): boolean {
  const at = words.findIndex((word, index) => index > 0 && (isDenier(word) || isStop(word)));
  if (at < 1 || !words.slice(0, at).every((word) => isBothering(word) || isFiller(word))) return false;
  return isDenied(words.slice(at)) || isStopped(words.slice(at));
}

function isAboutMessages(word: Phrase[number]): boolean {
  return isMessage(word) || isSoftMessage(word) || isFiller(word) || isMore(word);
}

function startsAs(words: Phrase, phrase: Phrase): boolean {
  return phrase.every((meant, index) => {
    const word = words[index];
    return word !== undefined && isSameWord(word, meant);
  });
}
