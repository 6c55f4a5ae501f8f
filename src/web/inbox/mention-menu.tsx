// "@" in a note calls a colleague: letters narrow the list down, arrows choose, Enter puts the name in.
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useId, useState } from 'react';
import { foldText } from '../../flows/vietnamese-text.ts';
import { useTexts } from '../app/use-texts.tsx';
import classes from './conversation.module.css';
import { colleaguesQuery } from './queries.ts';

const ASKED = /(^|\s)@([\p{L}\p{N}._-]{0,30})$/u;

/** `text` is the note; the menu is open while its last word begins with "@". */
export function useMentions(text: string, isNote: boolean, onChange: (text: string) => void) {
  const [, , asked] = ASKED.exec(isNote ? text : '') ?? [];
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const { data: colleagues = [] } = useQuery({ ...colleaguesQuery, enabled: isNote });
  const isOpen = asked !== undefined && closedFor !== text;
  const wanted = foldText(asked ?? '');
  const people = colleagues.filter(({ status }) => status !== 'disabled');
  const options = isOpen ? people.filter(({ name }) => foldText(name).includes(wanted)).slice(0, 8) : [];
  const active = Math.min(chosen, Math.max(0, options.length - 1));
  const choose = ({ name }: { name: string }) => {
    setChosen(0);
    onChange(text.replace(ASKED, (_, before: string) => `${before}@${name} `));
  };
  const onKey = (event: KeyboardEvent): boolean => {
    const option = options[active];
    if (!isOpen || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'Escape') setClosedFor(text);
    else if (event.key === 'ArrowDown') setChosen(Math.min(active + 1, options.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(active - 1, 0));
    else if ((event.key === 'Enter' || event.key === 'Tab') && option) choose(option);
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
  // Whoever still stands in the text when it is sent is called.
  const called = people.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id);
  return { isOpen, options, active, listId, choose, onKey, fieldProps, called };
}

export function MentionMenu({ mentions }: { mentions: ReturnType<typeof useMentions> }) {
  const { composer: words } = useTexts().inbox;
  if (!mentions.isOpen) return null;
  return (
    <div id={mentions.listId} role="listbox" aria-label={words.mention} className={classes.canned}>
      {mentions.options.length === 0 && (
        <div role="option" aria-selected={false} aria-disabled tabIndex={-1} className={classes.cannedOption}>
          {words.nobody}
        </div>
      )}
      {mentions.options.map((person, n) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the field that keeps the focus
        <div
          key={person.id}
          id={`${mentions.listId}-${n}`}
          role="option"
          tabIndex={-1}
          aria-selected={n === mentions.active}
          className={classes.cannedOption}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => mentions.choose(person)}
        >
          <strong>{person.name}</strong> {person.email}
        </div>
      ))}
    </div>
  );
}
