// The PIN as it is typed, without a digit of it, and the keypad beside the screen.

import { at, make, set } from './elements.js';

const ROWS = { telephone: '123456789', calculator: '789456123' };

/** `state` is null when no PIN is asked for. */
export function drawPIN(state, word) {
    at('progress').hidden = at('keypad').hidden = !state;
    set(at('count'), state?.typed ? word('typed', { count: state.typed }) : '');
    if (!state) return;
    // As many rings as the PIN has digits at least; a full one for each that was typed.
    const rings = Array.from({ length: Math.max(state.length, state.typed) }, (_, index) => index < state.typed ? 'full' : '');
    at('dots').replaceChildren(...rings.map((className) => make('span', { className })));
    at('keypad').setAttribute('aria-label', word(state.keypadLayout));
    const keys = [...ROWS[state.keypadLayout], word('clear'), '0', word('enter')];
    at('keypad').replaceChildren(...keys.map((textContent) => make('span', { textContent })));
}
