/** Spoken guidance: says what has the focus, in this device's own voice. Nothing leaves the device. */
import { language } from "../i18n.js";

/** The words of a control: its label, whether it is pressed. Pure but for reading the element. */
export function wordsOf(element) {
  const words = (element?.getAttribute?.("aria-label") || element?.textContent || "").replace(/\s+/g, " ").trim();
  const pressed = element?.getAttribute?.("aria-pressed");
  if (pressed !== "true") return words;
  return `${words}, ${language() === "en" ? "on" : "켜짐"}`;
}

/** A voice of this machine, never one of a cloud. Pure. */
export function localVoice(voices, lang) {
  return voices.find((one) => one.localService && one.lang.toLowerCase().startsWith(lang)) ?? null;
}

export function guide(synth = globalThis.speechSynthesis, make = (text) => new SpeechSynthesisUtterance(text)) {
  return (text) => {
    if (!synth || !text) return false;
    const voice = localVoice(synth.getVoices(), language());
    if (!voice) return false;
    const said = make(text);
    said.voice = voice;
    said.lang = voice.lang;
    synth.cancel();
    synth.speak(said);
    return true;
  };
}
