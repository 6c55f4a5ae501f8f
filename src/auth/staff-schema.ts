// Staff, teams, invitations and ways back in over REST.
import { z } from 'zod';
import { roles } from '../http/api-access.ts';
import { momentAnswer, textField } from '../http/request-fields.ts';
import { emailField, languageField, newPasswordField } from './session-schema.ts';

const capacityField = z.int().min(1).max(1_000).nullable().meta({
  description: 'How many conversations they lead at once; null = no limit.',
});
const changeable = {
  name: textField(100),
  role: z.enum(roles),
  teamId: z.uuid().nullable(),
  language: languageField,
  skills: z.array(textField(50)).max(30),
  capacity: capacityField,
};

export const newStaffFields = z.strictObject({
  email: emailField,
  name: changeable.name,
  role: changeable.role,
  teamId: changeable.teamId.default(null),
  language: languageField.default('vi'),
  skills: changeable.skills.default([]),
  capacity: capacityField.default(null),
});
export type NewStaffFields = z.infer<typeof newStaffFields>;

export const staffFields = z
  .strictObject({
    ...changeable,
    isAway: z.boolean(),
    isTotpOn: z.literal(false).meta({ description: 'false takes the second factor off: for a phone that was lost.' }),
  })
  .partial();
export type StaffFields = z.infer<typeof staffFields>;

export const staffAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  team: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  language: languageField,
  skills: z.array(z.string()),
  capacity: z.int().nullable(),
  isAway: z.boolean(),
  isTotpOn: z.boolean(),
  status: z.enum(['invited', 'active', 'disabled']),
  createdAt: momentAnswer,
  lastSeenAt: momentAnswer.nullable(),
});
export type StaffAnswer = z.infer<typeof staffAnswer>;

export const staffList = z.object({ items: z.array(staffAnswer) });
export const staffParams = z.object({ id: z.uuid() });

export const linkAnswer = z.object({
  kind: z.enum(['invite', 'reset']),
  url: z.string().nullable().meta({
    description: 'Shown this once: only a hash is kept. null in the answer to a repeated request.',
  }),
  expiresAt: momentAnswer,
  isMailed: z.boolean().meta({ description: 'Whether it also went out by e-mail; else hand it over yourself.' }),
});
export type LinkAnswer = z.infer<typeof linkAnswer>;
export type LinkKind = LinkAnswer['kind'];

export const newStaffAnswer = staffAnswer.extend({ link: linkAnswer });

export const teamFields = z.strictObject({ name: textField(60) });
export const teamAnswer = z.object({ id: z.uuid(), name: z.string(), members: z.int() });
export type TeamAnswer = z.infer<typeof teamAnswer>;
export const teamList = z.object({ items: z.array(teamAnswer) });

/** 256 random bits as base64url. */
export const linkParams = z.object({ token: z.string().regex(/^[\w-]{43}$/, 'is not a link of ours') });
export const acceptFields = z.strictObject({ password: newPasswordField });
export const openLinkAnswer = z.object({ kind: z.enum(['invite', 'reset']), email: z.string(), name: z.string() });
export type OpenLink = z.infer<typeof openLinkAnswer>;
