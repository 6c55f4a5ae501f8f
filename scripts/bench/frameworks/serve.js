// What the three share: a server that hands over the body, and the words by which the bench learns its address.
import { createServer } from 'node:http';

export const providerUrl = process.argv[2];

/** The same work in each: a count per person, kept in memory, and one answer. */
export const answerOf = (count) => `Dạ em nghe ạ. Đây là câu thứ ${count} của anh chị.`;

export function serve(handle) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      Promise.resolve(handle(JSON.parse(raw), request, raw)).then(
        () => response.end('{}'),
        (error) => {
          console.error(error);
          response.statusCode = 500;
          response.end('{}');
        },
      );
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ address: `http://127.0.0.1:${server.address().port}` }));
  process.on('disconnect', () => process.exit(0));
}
