const SVG = "http://www.w3.org/2000/svg";

/** Outlines on a 24x24 grid. @type {Record<string, string>} */
const PATHS = {
  back: "M19 12H5M11 6l-6 6 6 6",
  send: "M4 12 3 4l18 8-18 8 1-8Zm0 0h8",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-6v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  group:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.5a3.3 3.3 0 0 1 0 6.3M18 14.4c2.1.8 3.5 2.8 3.5 5.6",
  user: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c0-4 3.4-6.5 7.5-6.5s7.5 2.5 7.5 6.5",
  pencil: "M4 20l1-4.5L16.5 4a2 2 0 0 1 2.8 0l.7.7a2 2 0 0 1 0 2.8L8.5 19 4 20Z",
  reply: "M10 7 4 12.5 10 18v-3.7c5 0 8 1.2 10 4.7-.5-5.5-3.5-8.5-10-9V7Z",
  copy: "M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM5 15H4V4a1 1 0 0 1 1-1h10v2",
  block: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM6 6l12 12",
  down: "M6 9.5l6 6 6-6",
  slash: "M15.5 4.5l-7 15",
  check: "M5 12.5l4.5 4.5L19 7.5",
  keyboard:
    "M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1ZM7 10v.01M12 10v.01M17 10v.01M8 14h8",
  columns: "M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM12 5v14",
  external: "M8 16 17 7M9.5 7H17v7.5",
  file: "M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM14 3v5h5",
  image:
    "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4 16l4.5-4.5 4 4 3-3L20 17M15.5 8.5v.01",
  clip: "M19.5 11.5 12 19a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-7.6 7.6a1.5 1.5 0 0 1-2.2-2.2l6.9-6.9",
  microphone: "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  round: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z",
  play: "M8 5.5v13l10.5-6.5Z",
  pause: "M8.5 6v12M15.5 6v12",
  music: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  forward: "M14 7l6 5.5L14 18v-3.7c-5 0-8 1.2-10 4.7.5-5.5 3.5-8.5 10-9V7Z",
  quote:
    "M9.5 7c-3 .8-4.5 3-4.5 6v4h5v-5H7.5c0-1.8.8-2.8 2.5-3.3ZM19 7c-3 .8-4.5 3-4.5 6v4h5v-5H17c0-1.8.8-2.8 2.5-3.3Z",
  stop: "M8 7h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Z",
  trash: "M5 7h14M10 11v6M14 11v6M7 7l1 13h8l1-13M9.5 7V4h5v3",
};

/**
 * A decorative line icon; the control around it carries the label.
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
