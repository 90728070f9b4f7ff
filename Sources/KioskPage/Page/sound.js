// A sound for every state, for those who do not look or do not see. Browsers keep still until the page was touched once, unless they
// are started with --autoplay-policy=no-user-gesture-required.

/** Tones: frequency in Hz, when it begins and how long it lasts in seconds. Rising is good, falling and low is not. */
const SOUNDS = {
    idle: [],
    checkingBadge: [[880, 0, .09]],
    pin: [[660, 0, .1], [880, .12, .14]],
    key: [[1320, 0, .03]],
    checkingPIN: [[880, 0, .05]],
    good: [[660, 0, .12], [880, .13, .12], [1320, .26, .3]],
    bad: [[311, 0, .22], [207, .26, .4]],
};

const context = new AudioContext();

export function play(name) {
    // What cannot be heard at its time is not heard later.
    if (context.state !== 'running') return;
    for (const [frequency, start, duration] of SOUNDS[name] ?? []) tone(frequency, context.currentTime + start, duration);
}

function tone(frequency, start, duration) {
    const oscillator = new OscillatorNode(context, { type: 'triangle', frequency });
    // Swells and fades within 10 ms: without it a tone clicks.
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(.4, start + .01);
    gain.gain.setValueAtTime(.4, start + duration - .01);
    gain.gain.linearRampToValueAtTime(0, start + duration);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + duration);
}

// The first touch lets the browser speak.
addEventListener('pointerdown', () => context.resume());
