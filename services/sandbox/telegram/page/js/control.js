/** The sandbox refused a request; `message` is its own explanation. */
export class ControlError extends Error {
  /** @param {number} status @param {string} reason */
  constructor(status, reason) {
    super(reason);
    this.name = "ControlError";
    this.status = status;
  }

  toString() {
    return this.message;
  }
}

/**
 * One request to the sandbox's control API.
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} path below /control/
 * @param {{ query?: Record<string, any>, body?: object | FormData }} [options] a body goes as JSON, a form as it is
 * @returns {Promise<any>} the decoded JSON
 */
export async function control(method, path, { query = {}, body } = {}) {
  const url = new URL(`/control/${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const response = await fetch(url, {
    method,
    headers: body && !(body instanceof FormData) ? { "Content-Type": "application/json" } : {},
    body: body instanceof FormData ? body : body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new ControlError(response.status, reasonOf(text) || response.statusText);
  return text ? JSON.parse(text) : null;
}

/** @param {string} text the body of an error answer */
function reasonOf(text) {
  try {
    const answer = JSON.parse(text);
    return answer.error ?? answer.description ?? answer.message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
