// How everything looks: one calm colour that is readable on light and dark, small radii, the system's own letters.
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const brand: MantineColorsTuple = [
  '#e7f6f5',
  '#cfeceb',
  '#a0dad7',
  '#6ec7c2',
  '#45b5af',
  '#279f99',
  '#128680',
  '#0b6f6a',
  '#085c58',
  '#064744',
];

export const theme = createTheme({
  colors: { brand },
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Notification: {
      // In both languages: it stands outside the part that knows which one is read.
      defaultProps: { closeButtonProps: { 'aria-label': 'Đóng / Close' } },
      // The library's grey is too pale to be read.
      styles: { description: { color: 'var(--mantine-color-text)' } },
    },
  },
});
