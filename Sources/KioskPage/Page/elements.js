// Text is always set as text: nothing from outside becomes markup.

export const at = (id) => document.getElementById(id);

export const make = (name, properties) => Object.assign(document.createElement(name), properties);

/** Only what differs is set: what is set is read aloud again. */
export function set(element, text) {
    if (element.textContent !== text) element.textContent = text;
}
