import { gatherAlbums, isSameAlbum } from "./albums.js";
import { bubbleParts } from "./bubble.js";
import { el, oncePerFrame, reconcile } from "./dom.js";
import { DraftBubble } from "./draft-bubble.js";
import { icon } from "./icons.js";
import { botIntro } from "./intro.js";
import { t } from "./language.js";
import { actionsFor } from "./message-actions.js";
import { isGroup } from "./people.js";
import { Scroll } from "./scroll.js";
import { serviceText } from "./service-text.js";
import { dayKey, dayTitle } from "./time.js";
import { inThread } from "./topics.js";

/** @typedef {import("./chat-view.js").ChatView} ChatView */

const PAGE_SIZE = 120;
/** Messages of one sender closer than this stand together. */
const GROUP_GAP_SECONDS = 300;

/** The messages and drafts of one chat (and topic), in order, drawn in place. */
export class Timeline {
  /** By the id of a message, or of the first of an album. @type {Map<number, { album: any[], node: HTMLElement }>} */
  #rows = new Map();
  /** By thread. @type {Map<number, DraftBubble>} */
  #drafts = new Map();
  /** @type {Map<string, HTMLElement>} */
  #days = new Map();
  #limit = PAGE_SIZE;
  #isFilled = false;
  #list = el("div", {
    class: "timeline-list",
    role: "log",
    "aria-live": "polite",
    "aria-label": t("messages"),
    tabindex: "0",
  });
  #earlier = el("button", { type: "button", class: "earlier" }, t("earlier"));
  #count = el("span", { class: "badge", hidden: true });
  #jump = el(
    "button",
    { type: "button", class: "jump", "aria-label": t("toBottom"), hidden: true },
    icon("down"),
    this.#count,
  );

  /** @type {HTMLElement} */
  #intro;

  /** @param {ChatView} view */
  constructor(view) {
    this.view = view;
    this.#intro = botIntro(view.client.bot);
    const scroller = el("div", { class: "timeline-scroller" }, this.#list);
    this.root = el("div", { class: "timeline" }, scroller, this.#jump);
    this.scroll = new Scroll(scroller, this.#list, () => this.#seen());
    this.render = oncePerFrame(() => this.#render());
    this.#jump.addEventListener("click", () => this.scroll.toBottom({ isSmooth: true }));
    this.#earlier.addEventListener("click", () => {
      this.#limit += PAGE_SIZE;
      this.scroll.keepingBottomDistance(() => this.#render());
    });
  }

  /** @param {number} messageId */
  scrollTo(messageId) {
    const isThere = ({ album }) => album.some((message) => message.message_id === messageId);
    const node = [...this.#rows.values()].find(isThere)?.node;
    if (!node?.isConnected) return;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("flash");
    requestAnimationFrame(() => node.classList.add("flash"));
  }

  #render() {
    const all = this.view.state.ordered().filter((message) => inThread(message, this.view.threadId));
    const shown = all.slice(-this.#limit);
    const hadDrafts = this.#drafts.size;
    const drafts = this.#draftNodes();
    const isReplacing = drafts.length < hadDrafts;
    const entries = gatherAlbums(shown);
    const newest = entries.at(-1);
    const isNewMine = newest && this.#isFilled && !this.#rows.has(newest.id) && this.#isMine(newest.message);
    const nodes = [...this.#messageNodes(entries, isReplacing), ...drafts];
    if (all.length > shown.length) nodes.unshift(this.#earlier);
    if (nodes.length === 0 && this.view.state.chat.type === "private") nodes.push(this.#intro);
    this.scroll.sticking(() => reconcile(this.#list, nodes));
    if (isNewMine) this.scroll.toBottom({});
    if (shown.length > 0) this.#isFilled = true;
    this.#seen();
  }

  /** @param {import("./albums.js").Entry[]} entries @param {boolean} isReplacing a draft gives way to one of them: nothing may move */
  #messageNodes(entries, isReplacing) {
    const nodes = [];
    for (const [index, entry] of entries.entries()) {
      const { message } = entry;
      const before = entries[index - 1]?.message;
      const after = entries[index + 1]?.message;
      if (!before || dayKey(before.date) !== dayKey(message.date)) nodes.push(this.#day(message.date));
      const node = this.#row(entry, isReplacing);
      node.classList.toggle("first-of-group", !isTogether(before, message));
      node.classList.toggle("last-of-group", !isTogether(message, after));
      nodes.push(node);
    }
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
    return nodes;
  }

  /** @param {import("./albums.js").Entry} entry @param {boolean} isReplacing */
  #row({ id, message, album }, isReplacing) {
    const known = this.#rows.get(id);
    if (known && isSameAlbum(known.album, album)) return known.node;
    const node = known?.node ?? this.#newRow(message, isReplacing);
    this.#rows.set(id, { album, node });
    const service = serviceText(message);
    if (service !== null) {
      node.className = "service";
      node.replaceChildren(el("span", {}, service));
      return node;
    }
    node.replaceChildren(
      ...bubbleParts(album, {
        isMine: this.#isMine(message),
        isGroup: isGroup(this.view.state.chat),
        actions: actionsFor(this.view, message, album),
      }),
    );
    return node;
  }

  /** @param {any} message @param {boolean} isReplacing */
  #newRow(message, isReplacing) {
    const isMine = this.#isMine(message);
    const classes = ["row", isMine && "mine", this.#isFilled && !isReplacing && "fresh"];
    return el("div", {
      class: classes.filter(Boolean).join(" "),
      data: { testid: "message", messageId: message.message_id, mine: String(isMine) },
    });
  }

  #draftNodes() {
    const { client, state, threadId } = this.view;
    const drafts = [...state.drafts].filter(([thread]) => threadId === undefined || thread === threadId);
    const threads = new Set(drafts.map(([thread]) => thread));
    for (const thread of this.#drafts.keys()) if (!threads.has(thread)) this.#drafts.delete(thread);
    return drafts.map(([thread, draft]) => {
      const bubble = this.#drafts.get(thread) ?? new DraftBubble(actionsFor(this.view, { chat: state.chat }));
      this.#drafts.set(thread, bubble);
      bubble.update(draft, () => client.stop(state.chat.id, draft.draft_id));
      return bubble.node;
    });
  }

  /** @param {number} date */
  #day(date) {
    const key = dayKey(date);
    const node = this.#days.get(key) ?? el("div", { class: "day" }, el("span", {}, dayTitle(date)));
    this.#days.set(key, node);
    return node;
  }

  /** @param {any} message */
  #isMine(message) {
    return message.from?.id === this.view.client.user.id;
  }

  /** Marks what stands at the bottom as read, and shows the way down otherwise. */
  #seen() {
    const { state } = this.view;
    const { isAtBottom } = this.scroll;
    const isShown = this.root.clientHeight > 0 && document.visibilityState === "visible";
    if (isAtBottom && isShown && state.markRead()) this.view.client.changed(state.chat.id);
    const unread = state.unreadCount();
    this.#jump.hidden = isAtBottom;
    this.#count.hidden = unread === 0;
    this.#count.textContent = String(unread);
  }
}

/** @param {any} a @param {any} b do two neighbours form one group of bubbles? */
function isTogether(a, b) {
  if (!a || !b || a.from?.id !== b.from?.id || b.date - a.date > GROUP_GAP_SECONDS) return false;
  return serviceText(a) === null && serviceText(b) === null && dayKey(a.date) === dayKey(b.date);
}
