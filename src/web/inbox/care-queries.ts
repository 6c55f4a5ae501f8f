// What one may choose from beside a conversation, asked when it is opened.
import { queryOptions } from '@tanstack/react-query';
import { flowChoices, flowSteps, templateChoices, trainingChoices } from '../../inbox/care-schema.ts';
import { callApi } from '../app/call-api.ts';

export const templatesQuery = (id: string) =>
  queryOptions({
    queryKey: ['choices', 'templates', id],
    queryFn: ({ signal }) => callApi(templateChoices, { path: `/inbox/conversations/${id}/templates`, signal }),
  });

export const flowsQuery = queryOptions({
  queryKey: ['choices', 'flows'],
  queryFn: ({ signal }) => callApi(flowChoices, { path: '/inbox/flows', signal }),
  staleTime: 60_000,
});

export const stepsQuery = (flow: string) =>
  queryOptions({
    queryKey: ['choices', 'steps', flow],
    queryFn: ({ signal }) => callApi(flowSteps, { path: `/inbox/flows/${encodeURIComponent(flow)}`, signal }),
    staleTime: 60_000,
  });

export const trainingsQuery = queryOptions({
  queryKey: ['choices', 'trainings'],
  queryFn: ({ signal }) => callApi(trainingChoices, { path: '/inbox/trainings', signal }),
});
