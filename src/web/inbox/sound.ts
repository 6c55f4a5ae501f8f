// A short, soft sound when one more customer waits; made here, off unless it was asked for.
import { useState } from 'react';

const KEY = 'ganbo.sound';
const isOn = () => localStorage.getItem(KEY) === 'on';

export function useSound(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(isOn);
  return [
    on,
    (next) => {
      localStorage.setItem(KEY, next ? 'on' : 'off');
      setOn(next);
      if (next) ring();
    },
  ];
}

/** Silent when nobody asked for it. */
export function ring(): void {
  if (!isOn()) return;
  const audio = new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.4);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
  tone.onended = () => void audio.close();
}
