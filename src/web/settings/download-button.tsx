// A table as a file: the browser downloads it by itself, as long as it takes.
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useSpoken } from '../app/use-texts.tsx';
import { enExports } from '../texts/en-exports.ts';
import { viExports } from '../texts/vi-exports.ts';

export type DownloadProps = {
  name: keyof typeof viExports.tables;
  /** null = not to be had as it is chosen. */
  query: string | null;
};

export function useExportWords(): typeof viExports {
  return useSpoken().language === 'vi' ? viExports : enExports;
}

export function DownloadButton({ name, query }: DownloadProps) {
  const words = useExportWords();
  const looks = { variant: 'default', leftSection: <IconDownload size={16} aria-hidden /> };
  const label = words.downloadOf(words.tables[name].title);
  if (query === null) {
    return (
      <Button {...looks} disabled aria-label={label}>
        {words.download}
      </Button>
    );
  }
  return (
    <Button {...looks} component="a" href={`/api/v1/exports/${name}.csv${query}`} download aria-label={label}>
      {words.download}
    </Button>
  );
}
