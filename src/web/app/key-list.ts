// Every key that does something, with the name of its meaning: what is bound is taken from here, and so is the map that "?"
// shows.

/** Heard wherever nobody writes and no dialog is open; each by the character it makes. */
export const boundKeys = [
  ['j', 'next'],
  ['k', 'previous'],
  ['s', 'search'],
  ['m', 'mentions'],
  ['r', 'reply'],
  ['n', 'note'],
  ['t', 'take'],
  ['b', 'handBack'],
  ['e', 'resolve'],
  ['f', 'flow'],
  ['l', 'training'],
  ['v', 'task'],
  ['c', 'case'],
  ['?', 'map'],
] as const;
export type BoundKey = (typeof boundKeys)[number][0];

/** Heard where they belong: in a list, in the field that one writes in. */
export const placedKeys = [
  ['↑ ↓', 'rows'],
  ['Enter', 'open'],
  ['/', 'canned'],
  ['@', 'mention'],
  ['Ctrl + Enter', 'send'],
  ['Esc', 'leaveField'],
] as const;
