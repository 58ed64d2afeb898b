/** Voices are heard by themselves: a browser plays no sound of a picture before its first frame, and some send none. */

const voices = new WeakMap();

/** The sound of a stream as a stream of its own, the same one every time; null without any. */
export function voiceOf(stream, makeStream = () => new MediaStream()) {
  const tracks = stream?.getAudioTracks() ?? [];
  if (!tracks.length) return null;
  if (!voices.has(stream)) voices.set(stream, makeStream());
  const voice = voices.get(stream);
  for (const old of voice.getTracks()) if (!tracks.includes(old)) voice.removeTrack(old);
  for (const track of tracks) if (!voice.getTracks().includes(track)) voice.addTrack(track);
  return voice;
}
