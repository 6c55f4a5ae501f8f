// Two hundred addresses that want to lead somebody away, made from the ways in which programs and browsers read them.

const SITES = [
  'evil.example',
  'evil.example/%2e%2e',
  'evil.example@127.0.0.1',
  '127.0.0.1:3000.evil.example',
  '3232235777',
];
const WAYS: readonly ((site: string) => string)[] = [
  ...[
    '//',
    '///',
    '////',
    '/\\',
    '\\/',
    '\\\\',
    '/\\/',
    '\\\\\\',
    '//\\',
    '/\t/',
    '/\n/',
    '/\r\n/',
    '\t//',
    ' //',
    '/ /',
  ].map((start) => (site: string) => start + site),
  ...['http://', 'https://', 'https:', 'https:/', 'HTTPS:\\\\', 'ftp://', 'ht\ttps://', 'blob:https://'].map(
    (start) => (site: string) => start + site,
  ),
  ...['/.//', '/..//', '/%2f', '/%5c', '/%2F%2F', '/./\\', '/a/..//', '/%09/', '/\u00a0/', '/\u2028/', '/\u0000/'].map(
    (start) => (site: string) => start + site,
  ),
  (site) => `javascript:alert('${site}')`,
  (site) => `/\u200b/${site}`,
  (site) => `data:text/html,<script>location='//${site}'</script>`,
  (site) => `@${site}`,
  (site) => `.${site}`,
  (site) => site,
];

export const redirectTargets: readonly string[] = SITES.flatMap((site) => WAYS.map((way) => way(site)));
