// Signing in, oneself, and one's own sessions over REST.
import { z } from 'zod';
import { roles, scopes } from '../http/api-access.ts';
import { momentAnswer, textField } from '../http/request-fields.ts';

export const emailField = z.email().max(254).toLowerCase();
/** As typed: which passwords may be chosen is check-password.ts's to say. */
const passwordField = z.string().min(1).max(1_000);
/** Long enough for any sentence, short enough to be hashed at once. */
export const newPasswordField = z
  .string()
  .max(200)
  .meta({ description: 'At least 8 characters, at most 200; none of the common ones, nor the own e-mail or name.' });
const codeField = z.string().regex(/^\d{6}$/, 'is the six digits of the authenticator app');
export const languageField = z.enum(['vi', 'en']);

export const signInFields = z.strictObject({
  email: emailField,
  password: passwordField,
  code: codeField.optional(),
});
export const forgottenFields = z.strictObject({ email: emailField });
export type SignInFields = z.infer<typeof signInFields>;

export const meAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  team: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  language: languageField,
  isAway: z.boolean(),
  isTotpOn: z.boolean(),
  scopes: z.array(z.enum(scopes)),
});
export type Me = z.infer<typeof meAnswer>;

export const meFields = z.strictObject({
  name: textField(100).optional(),
  language: languageField.optional(),
  isAway: z.boolean().optional(),
});

export const passwordFields = z.strictObject({ current: passwordField, next: newPasswordField });
export const ownPasswordFields = z.strictObject({ password: passwordField });
export const totpCodeFields = z.strictObject({ code: codeField });

export const totpAnswer = z.object({
  secret: z.string().meta({ description: 'Base32, to be typed into an authenticator app.' }),
  uri: z.string().meta({ description: 'otpauth://…, to be shown as a QR code.' }),
});

export const sessionList = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      userAgent: z.string().nullable(),
      address: z.string().nullable(),
      createdAt: momentAnswer,
      lastSeenAt: momentAnswer,
      isCurrent: z.boolean(),
    }),
  ),
});
export type SessionList = z.infer<typeof sessionList>;

export const doneAnswer = z.object({ ok: z.literal(true) });
export const endedAnswer = z.object({ ended: z.int().meta({ description: 'How many sessions were ended.' }) });
export const sessionParams = z.object({ id: z.uuid() });
