// What is wrong with a condition, wherever it stands: it cannot be read, or it names what does not exist.
import { parseExpression } from '../expression.ts';
import { hintName } from '../nearest-name.ts';
import type { Finding, SourcePath } from '../problem.ts';
import { knownNames, nameReader } from '../run-scope.ts';

/** Findings at `path`, each at its column within the condition. */
export function conditionFindings(path: SourcePath, text: string, variables: ReadonlySet<string>): Finding[] {
  const parsed = parseExpression(text);
  if (!parsed.ok) {
    const { message, fix, column } = parsed;
    return [{ code: 'bad_condition', path, message, fix, within: { text, column } }];
  }
  return parsed.names
    .filter(({ name }) => nameReader(name, variables) === null)
    .map(({ name, column }) => ({
      code: 'unknown_variable',
      path,
      within: { text, column },
      message: `Điều kiện nhắc đến "${name}" nhưng không có gì tên như vậy.`,
      fix: `${hintName(name, knownNames(variables))} Nếu là chữ thì đặt trong nháy: "${name}".`,
    }));
}

/** The names that a condition reads, with their columns; empty when it cannot be parsed. */
export function namesIn(text: string): readonly { name: string; column: number }[] {
  const parsed = parseExpression(text);
  return parsed.ok ? parsed.names : [];
}

/** Only journeys count what happened since somebody entered. */
export function sinceOutsideJourney(path: SourcePath, text: string): Finding[] {
  return namesIn(text)
    .filter(({ name }) => name.startsWith('since.'))
    .map(({ name, column }) => ({
      code: 'since_outside_journey',
      path,
      within: { text, column },
      message: `"${name}" chỉ có nghĩa trong hành trình.`,
      fix: 'Chuyển điều kiện này sang "if" hoặc "goal" của hành trình.',
    }));
}
