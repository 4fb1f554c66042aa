import { control } from "./control.js";
import { field } from "./dialogs.js";
import { el } from "./dom.js";
import { section } from "./drawer-section.js";
import { t } from "./language.js";

/** What the sandbox can be told to do to the bot's next calls. */
const KINDS = /** @type {const} */ ({
  429: { kind: "429", retry_after: 3 },
  http: { kind: "http", status: 500 },
  slow: { kind: "slow", delay_ms: 3000 },
  cut_before: { kind: "cut_before" },
  cut_after: { kind: "cut_after" },
  forbidden: { kind: "forbidden" },
});
const METHODS = ["*", "sendMessage", "sendMessageDraft", "editMessageText", "sendChatAction", "getUpdates"];

/** The form that makes the bot's next calls fail. */
export function faultsSection() {
  const status = el("p", { class: "note", role: "status" });
  const kinds = Object.keys(KINDS).map((kind) =>
    el("option", { value: kind }, t(/** @type {any} */ (`fault_${kind}`))),
  );
  const methods = METHODS.map((method) => el("option", { value: method }, method === "*" ? t("anyMethod") : method));
  const form = /** @type {HTMLFormElement} */ (
    el(
      "form",
      { class: "faults" },
      field(t("faultKind"), el("select", { name: "kind" }, kinds)),
      field(t("faultMethod"), el("select", { name: "method" }, methods)),
      field(
        t("faultTimes"),
        el("input", { name: "times", type: "number", min: 1, max: 1000, value: 1, required: true }),
      ),
      el(
        "div",
        { class: "buttons" },
        el("button", { type: "submit", class: "primary" }, t("faultInject")),
        el("button", { type: "button", class: "plain", on: { click: () => void clear(status) } }, t("faultClear")),
      ),
      status,
    )
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void inject(new FormData(form), status);
  });
  return section(t("faults"), t("faultsNote"), form);
}

/** @param {FormData} values @param {HTMLElement} status */
async function inject(values, status) {
  const kind = /** @type {keyof typeof KINDS} */ (String(values.get("kind")));
  const body = { ...KINDS[kind], method: values.get("method"), times: Number(values.get("times")) };
  await report(status, control("POST", "faults", { body }), t("faultDone", { kind: t(`fault_${kind}`) }));
}

/** @param {HTMLElement} status */
async function clear(status) {
  await report(status, control("DELETE", "faults"), t("faultsCleared"));
}

/** @param {HTMLElement} status @param {Promise<any>} request @param {string} done */
async function report(status, request, done) {
  try {
    await request;
    status.textContent = done;
  } catch (error) {
    status.textContent = t("failed", { reason: String(error) });
  }
}
