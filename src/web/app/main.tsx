// Where the app begins in the browser.
import '@mantine/core/styles.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './call-api.ts';
import { keepFocus } from './keep-focus.ts';
import { Notices } from './notices.tsx';
import { styleNonce } from './page-facts.ts';
import { router } from './router.tsx';
import { SessionProvider } from './session.tsx';
import { theme } from './theme.ts';
import { TextsProvider } from './use-texts.tsx';

// Read by the component that keeps the page still under a dialog.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => count < 2 && error instanceof ApiError && [0, 502, 503].includes(error.status),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

keepFocus();
const place = document.getElementById('root');
if (place)
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
        <QueryClientProvider client={queries}>
          <TextsProvider>
            <SessionProvider>
              <Notices />
              <RouterProvider router={router} />
            </SessionProvider>
          </TextsProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
