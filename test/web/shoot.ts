// Pictures of what a test sees, for whoever asks with SCREENSHOTS=<folder>.
import type { Page } from 'playwright-core';

const folder = process.env.SCREENSHOTS;

export async function shoot(page: Page, name: string): Promise<void> {
  if (folder) await page.screenshot({ path: `${folder}/web-${name}.png` });
}
