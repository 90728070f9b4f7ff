// What a person sees and hears.

import { at, make, set } from './elements.js';
import { follow, post } from './live.js';
import { drawPIN } from './pin.js';
import { followPreview } from './preview.js';
import { play } from './sound.js';

const { standard, languages } = await (await fetch('/languages.json')).json();
/** A language that somebody chose is the next person's no more. */
const FORGET = 60_000;

let tag = standard;
let state;
let isLost = false;

const word = (name, values = {}) => fill(languages[tag].words[name], values);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const isRunning = () => !isLost && ['checkingBadge', 'pin', 'checkingPIN'].includes(state.phase);

/** So many seconds in words; beyond 90 in minutes, rounded up for a person who waits. */
function time(seconds) {
    const [value, unit] = seconds <= 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
    return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** What is not as it should be, the worst first. */
const troubles = () => [
    isLost && 'lost', state.camera === 'absent' && 'cameraAbsent', state.reader === 'absent' && 'readerAbsent',
    state.tap === 'absent' && 'tapAbsent', state.keypad === 'absent' && 'keypadAbsent',
    !state.isOnline && (state.canSignInOffline ? 'offlineSignIn' : 'offline'),
].filter(Boolean).map((name) => word(name));

/** Nobody can sign in now: asking for a badge would be a lie. */
const isOut = () => isLost || (state.phase === 'idle' && (state.keypad === 'absent' || !sources().length));

/** What a badge can be shown to here; the camera alone goes without saying. */
const shownTo = () => sources().join('.').replace(/^camera$/, '');

const sources = () => ['camera', 'reader', 'tap'].filter((name) => !['absent', 'none', undefined].includes(state[name]));

const TONES = { idle: 'quiet', session: 'good', outcome: 'bad' };

function tone() {
    if (isOut()) return 'bad';
    return ['signedIn', 'signedOut'].includes(state.outcome) ? 'good' : TONES[state.phase] ?? 'busy';
}

const picture = () => ({ quiet: 'badge', busy: 'clock', good: 'tick', bad: 'cross' })[tone()];

function text() {
    const { texts } = languages[tag];
    const unavailable = texts['outcome.serviceUnavailable'];
    if (isOut()) return { title: unavailable.title, next: troubles()[0] };
    if (state.isSlow) return texts.slow;
    const detail = state.prompt ?? state.outcome ?? (state.secondsLeft ? 'ending' : undefined) ?? (state.phase === 'idle' && shownTo());
    const found = texts[detail ? `${state.phase}.${detail}` : state.phase] ?? unavailable;
    return state.retryAfter ? { title: found.title, next: word('retry', { time: time(state.retryAfter) }) } : found;
}

function draw() {
    const root = document.documentElement;
    root.lang = tag;
    root.dir = languages[tag].direction;
    if (!state) return drawFooter();
    const { title, next } = text();
    root.dataset.tone = tone();
    root.dataset.phase = isLost ? 'outcome' : state.phase;
    document.title = `${title} · qrpin`;
    set(at('title'), title);
    set(at('next'), fill(next, state));
    set(at('name'), isLost ? '' : state.name ?? '');
    at('picture').firstElementChild.setAttribute('href', `#${picture()}`);
    at('preview').setAttribute('aria-label', word('preview'));
    at('preview').hidden = isOut() || !['idle', 'checkingBadge'].includes(state.phase);
    set(at('problem'), state.problem ? word(state.problem, state) : '');
    drawSession(!isLost && state.phase === 'session');
    drawPIN(isRunning() && state.phase === 'pin' ? state : null, word);
    drawBanners();
    drawFooter();
}

function drawSession(isOn) {
    set(at('left'), isOn && state.secondsLeft ? time(state.secondsLeft) : '');
    set(at('stay'), word('stay'));
    at('stay').hidden = !isOn || !state.secondsLeft;
    set(at('cancel'), word(isOn ? 'signOut' : 'cancel'));
    at('cancel').hidden = !isOn && !isRunning();
}

function drawBanners() {
    const told = troubles().slice(isOut() ? 1 : 0);
    const shown = [...at('banners').children].map((banner) => banner.textContent);
    if (shown.join('\n') === told.join('\n')) return;
    at('banners').replaceChildren(...told.map((text) => make('p', { textContent: text })));
}

function drawFooter() {
    at('languages').setAttribute('aria-label', word('language'));
    for (const button of at('languages').children) button.setAttribute('aria-pressed', button.lang === tag);
    set(at('contrast'), word('contrast'));
}

function addLanguages() {
    at('languages').append(...Object.entries(languages).map(([lang, { name, direction }]) => {
        const button = make('button', { type: 'button', lang, dir: direction, textContent: name });
        button.addEventListener('click', () => {
            tag = lang;
            draw();
        });
        return button;
    }));
}

let forget;

/** Shows a state; exported for those who embed the page, and for tests. */
export function show(next) {
    const was = state;
    [state, isLost] = [next, false];
    draw();
    clearTimeout(forget);
    if (state.hasPreview) followPreview();
    if (state.phase === 'idle') forget = setTimeout(reset, FORGET);
    if (was) play(sound(was));
}

/** What is heard of a change. */
function sound(was) {
    if (state.phase === 'pin') return state.typed > 0 ? 'key' : state.problem ? 'bad' : 'pin';
    if (state.phase === 'outcome') return was.outcome === state.outcome ? '' : tone();
    if (state.phase === 'session') return state.secondsLeft && !was.secondsLeft ? 'pin' : '';
    return was.phase === state.phase ? '' : state.phase;
}

function reset() {
    tag = standard;
    setContrast(false);
    draw();
}

function setContrast(isHigh) {
    document.documentElement.classList.toggle('contrast', isHigh);
    at('contrast').setAttribute('aria-pressed', isHigh);
}

at('cancel').addEventListener('click', () => post(state.phase === 'session' ? 'sign-out' : 'cancel'));
at('stay').addEventListener('click', () => post('stay'));
at('contrast').addEventListener('click', () => setContrast(at('contrast').getAttribute('aria-pressed') === 'false'));
document.addEventListener('pointerdown', () => {
    clearTimeout(forget);
    forget = setTimeout(() => state?.phase === 'idle' && reset(), FORGET);
});
addLanguages();
draw();
follow(show, () => {
    isLost = true;
    if (state) draw();
});
