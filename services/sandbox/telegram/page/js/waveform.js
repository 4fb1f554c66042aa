const DECODED_RATE = 8_000;

/**
 * How loud a sound is, part by part.
 * @param {string} address
 * @param {number} count
 * @returns {Promise<number[]>} from 0 to 1; all 0 where the browser cannot decode it
 */
export async function peaksOf(address, count) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const decoder = new OfflineAudioContext(1, 1, DECODED_RATE);
    const sound = await decoder.decodeAudioData(await answer.arrayBuffer());
    return scaled(loudest(sound.getChannelData(0), count));
  } catch {
    return Array.from({ length: count }, () => 0);
  }
}

/** @param {Float32Array} samples @param {number} count */
function loudest(samples, count) {
  const step = Math.max(1, Math.floor(samples.length / count));
  return Array.from({ length: count }, (_, index) =>
    samples.subarray(index * step, (index + 1) * step).reduce((peak, value) => Math.max(peak, Math.abs(value)), 0),
  );
}

/** @param {number[]} peaks */
function scaled(peaks) {
  const top = Math.max(...peaks);
  return top > 0 ? peaks.map((peak) => peak / top) : peaks;
}
