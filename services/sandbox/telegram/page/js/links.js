const ALLOWED_PROTOCOLS = new Set(["http:", "https:", "tg:"]);
const BARE_HOST = /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]|$)/u;

/**
 * The address a click may open, or null: http, https and tg only.
 * @param {string | undefined} raw
 * @returns {string | null}
 */
export function safeUrl(raw) {
  const text = (raw ?? "").trim();
  try {
    const url = new URL(BARE_HOST.test(text) ? `https://${text}` : text);
    return ALLOWED_PROTOCOLS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
