// One how-to topic, as a file of flows/guides/ tells it.
export type Guide = {
  id: string;
  title: string;
  /** At most 20 characters, what a tap choice can hold; the title itself where it fits. */
  shortTitle: string;
  product: 'spa' | 'training' | 'common';
  /** What beginners need first has the lowest; the others have none. */
  rank: number | null;
  keywords: string[];
  questions: string[];
  summary: string;
  body: string;
  videoUrl: string | null;
};
