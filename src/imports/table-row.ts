// A row of a table, whatever file it stands in, and what may be wrong with the file as a whole.

export type Cell = string | number | boolean | Date | null | undefined;

export type TableRow = {
  /** Line of the file, or row of the sheet, as an editor numbers them. */
  line: number;
  cells: readonly Cell[];
};

/** Where the file is wrong as a whole, and how to mend it. */
export class TableError extends Error {
  readonly line: number | null;
  constructor(message: string, line: number | null = null) {
    super(line === null ? message : `Dòng ${line}: ${message}`);
    this.name = 'TableError';
    this.line = line;
  }
}
