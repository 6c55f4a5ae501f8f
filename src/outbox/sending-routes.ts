// REST: how much was sent and may still be, and what the plans of the next weeks will cost.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { QuotaWord } from '../channels/provider-quota.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { SendRules } from './may-send.ts';
import { type ForecastRow, readForecast } from './read-forecast.ts';
import { readSent } from './read-sent.ts';
import {
  forecastQuery,
  type SendingForecast,
  type SendingQuota,
  sendingForecast,
  sendingQuota,
} from './sending-schema.ts';

export type SendingRouteDeps = {
  db: Database;
  clock: Clock;
  timeZone: string;
  scripts: () => Scripts;
  sendRules: () => SendRules;
  isEmailOn: boolean;
  /** What Zalo said last; null = nothing. */
  zaloQuota: () => Promise<QuotaWord | null>;
};

export function sendingRoutes(deps: SendingRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/sending/quota',
      {
        config: { scope: 'records:read' },
        schema: {
          tags: ['sending'],
          summary: 'What was sent today and this month, and what the providers still allow',
          response: { 200: sendingQuota, ...errorAnswers },
        },
      },
      () => answerQuota(deps),
    );
    app.get(
      '/sending/forecast',
      {
        config: { scope: 'records:read' },
        schema: {
          tags: ['sending'],
          summary: 'What the planned steps of journeys will most likely become, and cost',
          description: 'Assumes that nobody writes before then: whoever does is reached more cheaply.',
          querystring: forecastQuery,
          response: { 200: sendingForecast, ...errorAnswers },
        },
      },
      (request) => answerForecast(deps, request.query.days),
    );
  };
}

async function answerQuota(deps: SendingRouteDeps): Promise<SendingQuota> {
  const now = deps.clock.now();
  const [sent, word] = await Promise.all([readSent(deps.db.pool, now, deps.timeZone), deps.zaloQuota()]);
  const { spendLimit, advertisingPerDay } = deps.sendRules();
  const month = sum(sent.map((group) => group.costMonth));
  return {
    asOf: now.toISOString(),
    zalo: word && { askedAt: word.askedAt.toISOString(), quotas: word.quotas },
    sent,
    spending: { limit: spendLimit, month, left: spendLimit === null ? null : spendLimit - month },
    advertisingPerDay,
  };
}

async function answerForecast(deps: SendingRouteDeps, days: number): Promise<SendingForecast> {
  const now = deps.clock.now();
  const { timeZone, isEmailOn } = deps;
  const rules = deps.sendRules();
  const [planned, sent, word] = await Promise.all([
    readForecast(deps.db.pool, { scripts: deps.scripts(), rules, timeZone, isEmailOn }, now, days),
    readSent(deps.db.pool, now, timeZone),
    deps.zaloQuota(),
  ]);
  const spentThisMonth = sum(sent.map((group) => group.costMonth));
  const totals = [...Map.groupBy(planned, (row) => row.way)].map(([way, rows]) => ({
    way,
    messages: sum(rows.map((row) => row.messages)),
    cost: sum(rows.map((row) => row.cost)),
  }));
  const consultation = word?.quotas.find((quota) => quota.of === 'consultation');
  const charged = totals.find(({ way }) => way === 'charged')?.messages ?? 0;
  return {
    asOf: now.toISOString(),
    days,
    planned,
    totals,
    spending: { limit: rules.spendLimit, spentThisMonth, stopsOn: stopDay(planned, spentThisMonth, rules.spendLimit) },
    zaloPackage: consultation === undefined ? null : { remain: consultation.remain, charged },
  };
}

/** The first day on which the plans of its month would cost more than the limit; what was spent counts in the first month. */
export function stopDay(planned: readonly ForecastRow[], spent: number, limit: number | null): string | null {
  if (limit === null) return null;
  const firstMonth = planned[0]?.day.slice(0, 7);
  const costs = new Map<string, number>();
  for (const { day, cost } of planned) {
    const month = day.slice(0, 7);
    const total = (costs.get(month) ?? (month === firstMonth ? spent : 0)) + cost;
    if (total > limit) return day;
    costs.set(month, total);
  }
  return null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
