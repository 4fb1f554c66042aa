const BOTTOM_TOLERANCE_PX = 48;

/** Keeps a scroller at its bottom while the reader is there, and where the reader is otherwise. */
export class Scroll {
  isAtBottom = true;
  #top = 0;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content
   * @param {() => void} onMove
   */
  constructor(scroller, content, onMove) {
    this.scroller = scroller;
    scroller.addEventListener("scroll", () => {
      // What grows below the reader, a picture that has come, does not take them from the bottom: going up does.
      if (this.#distance() < BOTTOM_TOLERANCE_PX) this.isAtBottom = true;
      else if (scroller.scrollTop < this.#top) this.isAtBottom = false;
      this.#top = scroller.scrollTop;
      onMove();
    });
    const observer = new ResizeObserver(() => {
      if (this.isAtBottom) this.toBottom({});
    });
    observer.observe(scroller);
    observer.observe(content);
  }

  #distance() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
  }

  /** @param {{ isSmooth?: boolean }} how */
  toBottom({ isSmooth = false }) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!isSmooth) this.isAtBottom = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: isSmooth && !isCalm ? "smooth" : "instant" });
  }

  /** @param {() => void} change */
  sticking(change) {
    const wasAtBottom = this.isAtBottom;
    change();
    if (wasAtBottom) this.toBottom({});
  }

  /** @param {() => void} change something that adds content above */
  keepingBottomDistance(change) {
    const distance = this.#distance();
    change();
    this.scroller.scrollTop = this.scroller.scrollHeight - this.scroller.clientHeight - distance;
  }
}
