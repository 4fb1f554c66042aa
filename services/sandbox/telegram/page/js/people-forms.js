import { control } from "./control.js";
import { checkbox, field, openConfirmation, openForm } from "./dialogs.js";
import { el } from "./dom.js";
import { language, t } from "./language.js";
import { displayName } from "./people.js";

/** Asks for a new user and creates them. @returns {Promise<any | null>} the user, null when cancelled */
export async function openUserForm() {
  const languages = [
    el("option", { value: "ru", selected: language() === "ru" }, t("russian")),
    el("option", { value: "en", selected: language() === "en" }, t("english")),
  ];
  const values = await openForm({
    title: t("newUser"),
    fields: [
      field(t("firstName"), el("input", { name: "first_name", required: true, maxlength: 64, autocomplete: "off" })),
      field(t("userName"), el("input", { name: "username", pattern: "[A-Za-z]\\w{3,31}", autocomplete: "off" })),
      field(t("userLanguage"), el("select", { name: "language_code" }, languages)),
    ],
    submit: t("create"),
    testid: "user-form",
  });
  if (values === null) return null;
  const body = {
    first_name: String(values.get("first_name")).trim(),
    username: String(values.get("username")) || undefined,
    language_code: values.get("language_code"),
  };
  return reporting(() => control("POST", "users", { body }));
}

/** Asks for a new group and creates it. @param {any} creator @returns {Promise<any | null>} the chat, null when cancelled */
export async function openGroupForm(creator) {
  const others = (await control("GET", "users")).filter((user) => user.id !== creator.id);
  const members = others.map((user) => checkbox(displayName(user), { name: "member", value: user.id, checked: true }));
  const values = await openForm({
    title: t("newGroup"),
    text: t("groupBotNote"),
    fields: [
      field(t("groupTitle"), el("input", { name: "title", required: true, maxlength: 128, autocomplete: "off" })),
      ...(members.length > 0
        ? [el("fieldset", { class: "members" }, el("legend", {}, t("groupMembers")), members)]
        : []),
      checkbox(t("groupTopics"), { name: "is_forum" }),
      checkbox(t("groupWithBot"), { name: "with_bot", checked: true }),
    ],
    submit: t("create"),
    testid: "group-form",
  });
  if (values === null) return null;
  const isForum = values.has("is_forum");
  const body = {
    type: isForum ? "supergroup" : "group",
    title: String(values.get("title")).trim(),
    member_ids: [creator.id, ...values.getAll("member").map(Number)],
    is_forum: isForum,
    with_bot: values.has("with_bot"),
  };
  return reporting(() => control("POST", "chats", { body }));
}

/** The chat of two people, made where it is not yet. @param {any} user @param {any} other @returns {Promise<any | null>} */
export function openDialogue(user, other) {
  const body = { type: "private", member_ids: [user.id, other.id] };
  return reporting(() => control("POST", "chats", { body }));
}

/** @param {() => Promise<any>} create */
async function reporting(create) {
  try {
    return await create();
  } catch (error) {
    await openConfirmation(t("failed", { reason: String(error) }), { isAlert: true });
    return null;
  }
}
