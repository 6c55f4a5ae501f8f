// Texts that mean harm somewhere: to a database, a page, a template, a spreadsheet, a shell, a path. Pieces put together
// by a seeded generator, so that there are as many as wanted and always the same.
import fc from 'fast-check';

/** Stands in every text of `markedTexts`, so that it is known where it came to. */
export const MARK = 'zq9xmark';

const openings = [
  '',
  "'",
  '"',
  '`',
  "')",
  '")',
  "'))",
  '\\',
  "\\'",
  '*/',
  '-->',
  '">',
  "'>",
  '%27',
  '%00',
  '\u0000',
  '$$',
  '1',
  '-1',
];
const statements = [
  ' OR 1=1',
  ' OR 1=1--',
  " OR 'a'='a",
  '; DROP TABLE customers;--',
  '; DELETE FROM staff_members;--',
  ' UNION SELECT password_hash,NULL,NULL FROM staff_members--',
  ' UNION ALL SELECT NULL,version()--',
  '||(SELECT token_hash FROM staff_sessions LIMIT 1)||',
  '; SELECT pg_sleep(30)--',
  ' AND (SELECT 1 FROM pg_sleep(30)) IS NULL--',
  ' AND 1=CAST((SELECT hash FROM api_keys LIMIT 1) AS int)--',
  "; COPY customers TO PROGRAM 'id'--",
  ' LIMIT 0 OFFSET 1',
  ' ORDER BY 99',
  '::int',
  '$1',
  '$(id)',
  '`id`',
  '| cat /etc/passwd',
  '../../../../etc/passwd',
  '..\\..\\windows',
];
const scripts = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '"onmouseover="alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '$'.concat('{alert(1)}'),
  '<a href="jAvAsCrIpT:alert(1)">x</a>',
  '&lt;script&gt;',
  '\u2028alert(1)',
  '<!--',
  ']]>',
];
const objects = [
  '__proto__',
  'constructor',
  'prototype',
  '{"$ne":null}',
  '[object Object]',
  'toString',
  '__proto__[x]=1',
  '%s%n',
  'NaN',
  'null',
];
const searches = [
  '& | !',
  ':*',
  "a:* & 'b'",
  '<->',
  '()',
  '%',
  '_',
  '%%%',
  '\\%',
  'a\\',
  '&&&',
  '!!',
  "''''",
  ' : ',
  '*',
  '(a|b',
  '<2>',
];

const attack = fc
  .tuple(
    fc.constantFrom(...openings),
    fc.constantFrom(...statements, ...scripts, ...objects, ...searches),
    fc.constantFrom('', ' ', '--', '/*', '\u0000', "'", '\t', '\r\n', '#'),
  )
  .map(([before, middle, after]) => `${before}${middle}${after}`);

export function attackTexts(count: number, seed = 5): string[] {
  return fc.sample(attack, { numRuns: count, seed });
}

/** The same, each with MARK in it. */
export function markedTexts(count: number, seed = 5): string[] {
  return attackTexts(count, seed).map((text, n) => (n % 2 === 0 ? `${MARK}${text}` : `${text}${MARK}`));
}
