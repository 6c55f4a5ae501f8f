// The same in English.
import type { viExports } from './vi-exports.ts';

export const enExports: typeof viExports = {
  title: 'Download data',
  hint: 'CSV files that open in Excel. They hold personal data: keep them no longer than needed and send them only to who needs them. Each download is written into the audit.',
  period: 'Period',
  from: 'From',
  to: 'Up to and including',
  download: 'Download (CSV)',
  downloadOf: (title) => `Download (CSV): ${title}`,
  backwards: 'The first day must not be after the last.',
  missing: 'Choose both days.',
  tooLong: (days) => `Of the history at most ${days} days can be had at once. Choose a shorter period.`,
  tables: {
    customers: {
      title: 'Customers',
      about: 'All customers, with plan and expiry, the last survey score, and the consents on record.',
    },
    'survey-answers': { title: 'Surveys', about: 'What was asked in the period: scores, comments, cases.' },
    offers: {
      title: 'Offers',
      about: 'Offers considered for each customer: sent, accepted, declined and why, revenue.',
    },
    touchpoints: { title: 'Care history', about: 'Each message and act, done or left undone, with its reason.' },
  },
};
