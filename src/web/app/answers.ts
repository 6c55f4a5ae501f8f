// Who is signed in, as the server says it.
export { type Me, meAnswer } from '../../auth/session-schema.ts';
