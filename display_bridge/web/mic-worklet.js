/** Audio thread: any rate in, 80 ms frames of 16 kHz mono s16le out (1,280 samples, 2,560 bytes). */

const RATE = 16_000;
const FRAME = 1280;

class Frames extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.at = 0;
    this.last = 0;
    this.low = 0;
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  process([channels]) {
    if (!channels?.length) return true;
    const input = channels[0];
    // One pole below the new Nyquist before linear interpolation; the browser's own 16 kHz context makes step 1.
    const smooth = this.step > 1 ? Math.min(1, 1.6 / this.step) : 1;
    for (let index = 0; index < input.length; index += 1) {
      let sample = 0;
      for (const channel of channels) sample += channel[index];
      sample /= channels.length;
      const before = this.low;
      this.low += smooth * (sample - this.low);
      while (this.at < 1) {
        this.push(before + (this.low - before) * this.at);
        this.at += this.step;
      }
      this.at -= 1;
    }
    return true;
  }

  push(value) {
    this.frame[this.filled] = Math.max(-32_768, Math.min(32_767, Math.round(value * 32_767)));
    this.filled += 1;
    if (this.filled < FRAME) return;
    this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }
}

registerProcessor("seoula-frames", Frames);
