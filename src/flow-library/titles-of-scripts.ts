// How the files that are in force call what rows know by id.
import type { Titles } from '../customers/titles.ts';
import type { Scripts } from '../flows/published-flow.ts';

type Files = Pick<Scripts, 'catalogue' | 'journeys' | 'active'>;

/** A step of a journey is called by what it does: the flow it plays, or the task it gives, whose names are open still. */
export function titlesOfScripts({ catalogue, journeys, active }: Files): Titles {
  return {
    product: (product) => catalogue.product(product)?.title ?? null,
    plan: (product, plan) => catalogue.plan(product, plan)?.title ?? null,
    offer: (code) => catalogue.offer(code)?.title ?? null,
    journey: (id) => {
      const journey = journeys.get(id)?.journey;
      if (journey === undefined) return null;
      const step = (stepId: string) => {
        const action = journey.steps.find((one) => one.id === stepId)?.action;
        if (action === undefined) return null;
        return action.do === 'task'
          ? action.title.replaceAll(/\{[^}]*\}/g, '…')
          : (active.get(action.flow)?.flow.title ?? null);
      };
      return { title: journey.title, step };
    },
  };
}
