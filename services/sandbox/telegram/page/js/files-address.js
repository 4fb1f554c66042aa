/** @param {string} fileId @returns {string} where the sandbox serves the bytes of a file somebody has sent */
export function fileAddress(fileId) {
  return `/control/files/${encodeURIComponent(fileId)}`;
}
