/** How fast a picture may begin: browsers begin at 300 kbit/s, through which the first frame of a large picture takes long. */

const VIDEO = /^a=rtpmap:(\d+) (?:VP8|VP9|H264|AV1)\/90000\r?$/;
const START_KBPS = 1500;

/** A description of the other end that lets this end begin at `kbps`; the browser still slows down when it must. Pure. */
export function paced(sdp, kbps = START_KBPS) {
  const lines = sdp.split("\n");
  const types = new Set(lines.map((line) => VIDEO.exec(line)?.[1]).filter(Boolean));
  const word = `x-google-start-bitrate=${kbps}`;
  const known = new Set(lines.map((line) => /^a=fmtp:(\d+) /.exec(line)?.[1]).filter(Boolean));
  return lines
    .flatMap((line) => {
      const end = line.endsWith("\r") ? "\r" : "";
      const bare = end ? line.slice(0, -1) : line;
      const written = /^a=fmtp:(\d+) /.exec(bare)?.[1];
      if (types.has(written) && !bare.includes("x-google-start-bitrate")) return [`${bare};${word}${end}`];
      const type = VIDEO.exec(line)?.[1];
      return type && !known.has(type) ? [line, `a=fmtp:${type} ${word}${end}`] : [line];
    })
    .join("\n");
}
