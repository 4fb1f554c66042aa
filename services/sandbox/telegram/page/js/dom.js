/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Builds an element. Text is always set as text: nothing here parses HTML.
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; `on` holds listeners, `data` holds data-attributes
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) assign(node, name, value);
  node.append(...children.flat().filter(isPresent));
  return node;
}

/** @param {Child} child @returns {child is Node | string} */
function isPresent(child) {
  return child !== null && child !== undefined && child !== false;
}

/** @param {HTMLElement} node @param {string} name @param {any} value */
function assign(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
  } else if (name === "data") {
    for (const [key, item] of Object.entries(value)) if (isPresent(item)) node.dataset[key] = String(item);
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * Makes the children of `parent` exactly `nodes`, moving only what is out of place, so that
 * focus, selection and running animations of the others survive.
 * @param {HTMLElement} parent
 * @param {Node[]} nodes
 */
export function reconcile(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let cursor = parent.firstChild;
  for (const node of nodes) {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
}

/**
 * Runs `render` once in the next animation frame however often it was asked for.
 * @param {() => void} render
 * @returns {() => void}
 */
export function oncePerFrame(render) {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      render();
    });
  };
}
