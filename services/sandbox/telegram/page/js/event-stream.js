const FIRST_DELAY_MS = 300;
const LONGEST_DELAY_MS = 10_000;

/**
 * Server-sent events that come back by themselves: after a loss the stream is opened again with
 * growing, jittered pauses, and `onOpen` is called so that the listener can catch up.
 */
export class EventStream {
  /** @type {EventSource | null} */
  #source = null;
  #delayMs = FIRST_DELAY_MS;
  #timer = 0;

  /**
   * @param {string} url
   * @param {{ onOpen: () => void, onEvent: (event: any) => void, onLost: () => void }} listener
   */
  constructor(url, listener) {
    this.url = url;
    this.listener = listener;
    this.#open();
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #open() {
    const source = new EventSource(this.url);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#delayMs = FIRST_DELAY_MS;
      this.listener.onOpen();
    });
    source.addEventListener("message", (event) => this.listener.onEvent(JSON.parse(event.data)));
    source.addEventListener("error", () => this.#retry());
  }

  #retry() {
    this.#source?.close();
    this.listener.onLost();
    this.#timer = window.setTimeout(() => this.#open(), this.#delayMs * (0.5 + Math.random() / 2));
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
  }
}
