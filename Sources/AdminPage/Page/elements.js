// What the views are made of. Text is always set as text: nothing that a person typed becomes markup.

import { listed } from './service.js';

/** An element: `on…` members are listeners, true is an attribute without value, false and undefined are left out. */
export function el(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (typeof value === 'function') element.addEventListener(key.slice(2), value);
        else if (value === true) element.setAttribute(key, '');
        else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

let lastID = 0;
export const newID = () => `id-${++lastID}`;

/** Says something that happened, also to a screen reader. A problem stays until the next thing is said. */
export function say(text, isProblem = false) {
    const status = document.getElementById('status');
    status.replaceChildren(...(text ? [isProblem ? errorBox(text) : el('p', {}, text)] : []));
    clearTimeout(say.timer);
    // Long enough to be read twice; the same is seen in what changed on the page.
    if (!isProblem) say.timer = setTimeout(() => status.replaceChildren(), 12_000);
}

export const errorBox = (text) => el('p', { class: 'error', role: 'alert' }, text);

/** A moment in the person's own zone; UTC on hover. */
export function time(text, style = { dateStyle: 'medium', timeStyle: 'short' }) {
    if (!text) return 'never';
    const date = new Date(text);
    const utc = date.toISOString().replace('T', ' ').replace(/\.\d+Z/, ' UTC');
    return el('time', { datetime: date.toISOString(), title: utc }, new Intl.DateTimeFormat(undefined, style).format(date));
}

/** A button that is not pressed twice while it works, and that says what went wrong. */
export function button(label, act, kind = '') {
    const element = el('button', {
        type: 'button', class: kind, onclick: async () => {
            if (element.getAttribute('aria-busy') === 'true') return;
            element.setAttribute('aria-busy', 'true');
            try {
                await act();
            } catch (refusal) {
                say(refusal.message, true);
            } finally {
                element.removeAttribute('aria-busy');
            }
        },
    }, label);
    return element;
}

/**
 * A table with a caption. A column is { head, cell(row) }; the first one names the row.
 *
 * Narrow screens show each row as a block (style.css), which would take the table away from screen readers: hence the roles.
 */
export function table(caption, columns, rows, whenEmpty) {
    const body = el('tbody', { role: 'rowgroup' });
    const heads = columns.map(({ head }) => el('th', { scope: 'col', role: 'columnheader' }, head));
    const element = el('table', { role: 'table' }, el('caption', {}, caption),
        el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, heads)), body);
    const empty = el('p', {}, whenEmpty);
    const add = (more) => {
        for (const row of more) {
            body.append(el('tr', { role: 'row' }, columns.map(({ head, cell }, index) => index === 0
                ? el('th', { scope: 'row', role: 'rowheader' }, cell(row))
                : el('td', { role: 'cell', 'data-head': head }, cell(row)))));
        }
        element.hidden = body.childElementCount === 0;
        empty.hidden = !element.hidden;
    };
    add(rows);
    return { element: el('div', {}, element, empty), add };
}

/** A button that adds the next page to a table; it goes with the last one. */
export function more(next, found, what) {
    if (!next) return null;
    const show = button(`More ${what}`, async () => {
        const page = await listed(next);
        found.add(page.value);
        say(`${page.value.length} more ${what}.`);
        next = page.next;
        if (!next) show.remove();
    });
    return show;
}

/** Terms and their values. */
export const facts = (pairs) => el('dl', {}, pairs.filter(Boolean).map(([term, value]) =>
    el('div', {}, el('dt', {}, term), el('dd', {}, value))));

/**
 * A dialog; resolves with what `close` is called with, undefined when it was cancelled.
 *
 * `build(close)` gives the content. With `isKept`, Escape does not close it: what it shows cannot be shown again.
 */
export function openDialog(title, build, { isKept = false } = {}) {
    return new Promise((resolve) => {
        const heading = el('h2', { id: newID() }, title);
        const dialog = el('dialog', { 'aria-labelledby': heading.id }, heading);
        const close = (value) => {
            dialog.close();
            dialog.remove();
            resolve(value);
        };
        dialog.addEventListener('cancel', (event) => {
            event.preventDefault();
            if (!isKept) close();
        });
        // A browser that closes it all the same.
        dialog.addEventListener('close', () => dialog.isConnected && close());
        dialog.append(...build(close));
        document.body.append(dialog);
        dialog.showModal();
    });
}

/** Goes to another view; what is said after that stays. */
export const go = (hash) => new Promise((resolve) => {
    window.addEventListener('hashchange', resolve, { once: true });
    location.hash = hash;
});

/** Asks before something is done that cannot be undone; the title names whose it is. True when it shall be done. */
export const confirmed = (title, text, act) => openDialog(title, (close) => [
    el('p', {}, text),
    el('div', { class: 'acts' }, el('button', { type: 'button', autofocus: true, onclick: () => close(false) }, 'Cancel'),
        button(act, () => close(true), 'danger')),
]);

/**
 * A form. A field is { name, label, type, value, hint, missing, options, … }: `missing` is said when it is left empty.
 *
 * What is wrong is said beside the field that `blame(refusal)` names, or above all of them.
 */
export function form(fields, act, submit, { blame = () => null, cancel, kind = '' } = {}) {
    const inputs = new Map(fields.map((field) => [field.name, input(field)]));
    const problem = el('div', {});
    const send = el('button', { type: 'submit', class: 'main' }, act);
    const element = el('form', { novalidate: true, class: kind }, problem, [...inputs.values()].map(({ element }) => element),
        el('div', { class: 'acts' }, send, cancel && button('Cancel', cancel)));
    element.addEventListener('submit', async (event) => {
        event.preventDefault();
        if (element.getAttribute('aria-busy') === 'true') return;
        problem.replaceChildren();
        inputs.forEach(({ complain }) => complain(''));
        const empty = fields.filter(({ name, missing }) => missing && !inputs.get(name).value());
        empty.forEach(({ name, missing }) => inputs.get(name).complain(missing));
        if (empty.length) return inputs.get(empty[0].name).focus();
        element.setAttribute('aria-busy', 'true');
        try {
            await submit(Object.fromEntries(fields.map(({ name }) => [name, inputs.get(name).value()])));
        } catch (refusal) {
            const blamed = inputs.get(blame(refusal));
            if (blamed) {
                blamed.complain(refusal.message);
                blamed.focus();
            } else {
                problem.replaceChildren(errorBox(refusal.message));
            }
        } finally {
            element.removeAttribute('aria-busy');
        }
    });
    return element;
}

/** A labelled field with its hint and its error. */
function input({ label, hint, options, type = 'text', missing, name, value, ...attributes }) {
    const id = newID();
    const control = options
        ? el('select', { id, name }, options.map(([key, text]) => el('option', { value: key, selected: key === value }, text)))
        : el('input', { id, name, type, value, autocomplete: 'off', required: Boolean(missing), ...attributes });
    const hintText = hint && el('p', { class: 'hint', id: `${id}-hint` }, hint);
    const error = el('p', { class: 'error', id: `${id}-error`, hidden: true });
    control.setAttribute('aria-describedby', hint ? `${id}-hint ${id}-error` : `${id}-error`);
    return {
        element: el('div', { class: 'field' }, el('label', { for: id }, label), hintText, control, error),
        value: () => control.value.trim(),
        focus: () => control.focus(),
        complain: (text) => {
            error.textContent = text;
            error.hidden = !text;
            if (text) control.setAttribute('aria-invalid', 'true');
            else control.removeAttribute('aria-invalid');
        },
    };
}
