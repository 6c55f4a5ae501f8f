// Canned replies: "/" opens them, letters narrow them down, arrows choose, Enter puts the text in.
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useId, useState } from 'react';
import { foldText } from '../../flows/vietnamese-text.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { CannedReply } from './answers.ts';
import type { Conversation } from './context-answers.ts';
import classes from './conversation.module.css';
import { cannedQuery } from './queries.ts';

/** `text` is what was typed; the menu is open while it begins with "/" and is one word. */
export function useCanned(text: string, { id, customer }: Conversation, onChoose: (text: string) => void) {
  const isAsked = /^\/[^\s/]*$/.test(text);
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const isOpen = isAsked && closedFor !== text;
  const { data } = useQuery({ ...cannedQuery(id), enabled: isAsked });
  const wanted = foldText(text.slice(1));
  const fits = ({ shortcut, title }: CannedReply) => foldText(`${shortcut} ${title}`).includes(wanted);
  const options = isOpen ? (data?.items ?? []).filter(fits).slice(0, 20) : [];
  const active = Math.min(chosen, Math.max(0, options.length - 1));
  const choose = (reply: CannedReply) =>
    onChoose(reply.rendered ?? reply.text.replaceAll('{customer.name}', customer.name ?? 'anh/chị'));
  const onKey = (event: KeyboardEvent): boolean => {
    const option = options[active];
    if (!isOpen || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'Escape') setClosedFor(text);
    else if (event.key === 'ArrowDown') setChosen(Math.min(active + 1, options.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(active - 1, 0));
    else if (event.key === 'Enter' && option) choose(option);
    else return false;
    event.preventDefault();
    return true;
  };
  const fieldProps = isOpen
    ? ({
        role: 'combobox',
        'aria-expanded': true,
        'aria-controls': listId,
        'aria-activedescendant': `${listId}-${active}`,
        'aria-autocomplete': 'list',
      } as const)
    : {};
  return { isOpen, options, active, listId, choose, onKey, fieldProps };
}

export function CannedMenu({ canned }: { canned: ReturnType<typeof useCanned> }) {
  const { composer: words } = useTexts().inbox;
  if (!canned.isOpen) return null;
  return (
    <div id={canned.listId} role="listbox" aria-label={words.canned} className={classes.canned}>
      {canned.options.length === 0 && (
        <div role="option" aria-selected={false} aria-disabled tabIndex={-1} className={classes.cannedOption}>
          {words.noCanned}
        </div>
      )}
      {canned.options.map((reply, n) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the field that keeps the focus
        <div
          key={reply.id}
          id={`${canned.listId}-${n}`}
          role="option"
          tabIndex={-1}
          aria-selected={n === canned.active}
          className={classes.cannedOption}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => canned.choose(reply)}
        >
          <strong>/{reply.shortcut}</strong> {reply.title}
          <div className={classes.cannedText}>{reply.rendered ?? reply.text}</div>
        </div>
      ))}
    </div>
  );
}
