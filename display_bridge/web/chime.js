/** Short sounds made by the screen itself: no file, no delay. Frequencies in Hz, times in seconds. */

const TONES = {
  wake: [[660, 0, 0.09], [880, 0.09, 0.14]],
  done: [[880, 0, 0.1]],
  alert: [[740, 0, 0.22], [988, 0.24, 0.22], [740, 0.48, 0.22], [988, 0.72, 0.34]],
  error: [[330, 0, 0.12], [262, 0.13, 0.18]],
};
const LOUDNESS = 0.12;

let context = null;

/** Play a chime by name; silent where the browser does not allow sound yet. */
export function chime(name, makeContext = () => new AudioContext()) {
  const tones = TONES[name];
  if (!tones) return;
  context ??= makeContext();
  if (context.state === "suspended") context.resume().catch(() => {});
  const now = context.currentTime;
  for (const [frequency, start, length] of tones) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(LOUDNESS, now + start);
    gain.gain.exponentialRampToValueAtTime(0.001, now + start + length);
    tone.connect(gain).connect(context.destination);
    tone.start(now + start);
    tone.stop(now + start + length);
  }
}
