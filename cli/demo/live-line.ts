/** A line at the bottom of a terminal that says how it goes, while other lines come above it. */

const CLEAR = "\r\u001b[2K";
/** Where nothing can be overwritten, a line that often. */
const EVERY_MS = 5000;

export class LiveLine {
  readonly #write: (text: string) => void;
  readonly #terminal: boolean;
  readonly #columns: () => number;
  #line = "";
  #written = 0;

  /** @param terminal whether a line can be overwritten */
  constructor(write: (text: string) => void, terminal: boolean, columns: () => number = () => 80) {
    this.#write = write;
    this.#terminal = terminal;
    this.#columns = columns;
  }

  /** Lines that stay. */
  readonly say = (text: string): void => {
    if (this.#line !== "") this.#write(CLEAR);
    this.#write(`${text}\n`);
    this.#draw();
  };

  /** The line that is overwritten by the next one; an empty one takes it away. */
  readonly show = (line: string, now = Date.now()): void => {
    if (this.#terminal) {
      if (this.#line !== "") this.#write(CLEAR);
      this.#line = line;
      return this.#draw();
    }
    if (line === "" || now - this.#written < EVERY_MS) return;
    this.#written = now;
    this.#write(`  ${line}\n`);
  };

  /** No longer than the terminal is wide: what wraps cannot be overwritten. */
  #draw(): void {
    if (this.#line !== "") this.#write(this.#line.slice(0, Math.max(20, this.#columns() - 1)));
  }
}
