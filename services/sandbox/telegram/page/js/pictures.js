import { el } from "./dom.js";
import { fileAddress } from "./files-address.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { clockLength } from "./sizes.js";
import { openViewer } from "./viewer.js";

const WIDEST_PX = 430;
const TALLEST_PX = 430;
const NARROWEST_PX = 120;

/** @param {any} size the largest PhotoSize @param {any} message */
export function picture(size, message) {
  const image = el("img", { src: fileAddress(size.file_id), alt: message.caption ?? t("photo") });
  image.addEventListener("error", () => image.replaceWith(el("span", { class: "picture-gone" }, t("fileGone"))));
  const frame = el(
    "button",
    { type: "button", class: "picture", "aria-label": t("openPicture"), data: { testid: "photo" } },
    image,
  );
  frame.addEventListener("click", () => openViewer(fileAddress(size.file_id), message.caption));
  return covered(fitted(frame, size), message);
}

/** @param {any} file @param {any} message @param {{ isLoop: boolean }} how a GIF plays by itself, over and over */
export function video(file, message, { isLoop }) {
  if (file.mime_type === "image/gif") return covered(fitted(gif(file), file), message);
  const film = /** @type {HTMLVideoElement} */ (
    el("video", { src: fileAddress(file.file_id), preload: "metadata", playsinline: true, "aria-label": t("video") })
  );
  const frame = el(
    "div",
    { class: "picture", data: { testid: isLoop ? "animation" : "video" } },
    film,
    el("span", { class: "picture-badge" }, isLoop ? "GIF" : clockLength(file.duration)),
  );
  if (isLoop) playSilently(film);
  else frame.append(playButton(film, frame));
  return covered(fitted(frame, file), message);
}

/** A video message: round and silent until it is pressed. @param {any} file */
export function roundVideo(file) {
  const film = /** @type {HTMLVideoElement} */ (
    el("video", { src: fileAddress(file.file_id), preload: "metadata", playsinline: true })
  );
  const frame = el(
    "button",
    { type: "button", class: "round-video", "aria-label": t("video_note"), data: { testid: "video-note" } },
    film,
    el("span", { class: "picture-badge" }, clockLength(file.duration)),
  );
  playSilently(film);
  frame.addEventListener("click", () => {
    film.loop = false;
    film.muted = !film.muted;
    if (!film.muted) film.currentTime = 0;
    frame.classList.toggle("aloud", !film.muted);
    void film.play();
  });
  return frame;
}

/** @param {any} file */
export function sticker(file) {
  const source = fileAddress(file.file_id);
  const image = file.is_video
    ? playSilently(/** @type {HTMLVideoElement} */ (el("video", { src: source, playsinline: true })))
    : el("img", { src: source, alt: file.emoji ?? t("sticker") });
  image.style.aspectRatio = `${file.width || 1} / ${file.height || 1}`;
  return el("div", { class: "sticker", data: { testid: "sticker" } }, image);
}

/** @param {any} file */
function gif(file) {
  const image = el("img", { src: fileAddress(file.file_id), alt: t("animation") });
  return el("div", { class: "picture", data: { testid: "animation" } }, image);
}

/** @param {HTMLVideoElement} film */
function playSilently(film) {
  film.muted = true;
  film.loop = true;
  film.autoplay = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  return film;
}

/** @param {HTMLVideoElement} film @param {HTMLElement} frame */
function playButton(film, frame) {
  const button = el("button", { type: "button", class: "picture-play", "aria-label": t("playVideo") }, icon("play"));
  button.addEventListener("click", () => {
    button.remove();
    frame.classList.add("playing");
    film.controls = true;
    void film.play();
  });
  return button;
}

/**
 * Gives a frame its place before the picture has come, so that nothing moves when it does.
 * @param {HTMLElement} frame
 * @param {{ width: number, height: number }} size
 */
function fitted(frame, { width, height }) {
  const scale = Math.min(WIDEST_PX / width, TALLEST_PX / height, 1);
  frame.style.aspectRatio = `${width} / ${height}`;
  frame.style.width = `${Math.max(NARROWEST_PX, Math.round(width * scale))}px`;
  return frame;
}

/** @param {HTMLElement} frame @param {any} message */
function covered(frame, message) {
  if (!message.has_media_spoiler) return frame;
  frame.classList.add("veiled");
  frame.addEventListener(
    "click",
    (event) => {
      if (!frame.classList.contains("veiled")) return;
      event.stopImmediatePropagation();
      frame.classList.remove("veiled");
    },
    { capture: true },
  );
  return frame;
}
