// A field that grows with what is written in it. Browsers that can do it themselves do; measuring it by script costs a
// layout of the page with each key.
import { Textarea, type TextareaProps } from '@mantine/core';
import type { Ref } from 'react';

type Props = Omit<TextareaProps, 'autosize' | 'minRows' | 'styles' | 'rows'> & {
  /** Lines it has when empty. */
  rows: number;
  ref?: Ref<HTMLTextAreaElement>;
};

const growsByItself = CSS.supports('field-sizing', 'content');
const lines = (count: number) => `calc(${count} * 1lh + 2 * var(--input-padding-y) + 2px)`;

export function GrowingField({ rows, maxRows, ...props }: Props) {
  const limit = maxRows === undefined ? {} : { maxRows };
  if (!growsByItself) return <Textarea {...props} autosize minRows={rows} {...limit} />;
  const maxHeight = maxRows === undefined ? {} : { maxHeight: lines(maxRows) };
  return <Textarea {...props} styles={{ input: { fieldSizing: 'content', minHeight: lines(rows), ...maxHeight } }} />;
}
