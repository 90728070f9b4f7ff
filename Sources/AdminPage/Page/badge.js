// A person's badge, temporary badge and PIN: issuing, printing, revoking. What is secret is shown once and then gone.

import { button, confirmed, el, facts, form, openDialog, say, time } from './elements.js';
import { call, may, methodPath, serviceNow } from './service.js';

const day = 86_400_000;
const hour = 3_600_000;

/** What there is of badge and PIN, with what can be done about it. `method` is null when there is none. */
export function badgeSection(user, method, refresh) {
    const acts = actsFor(user, method, refresh);
    const mayChange = may('changeBadges');
    const part = (title, code, none, labels) => el('section', { class: 'part' }, el('h3', {}, title),
        code ? facts([['Valid from', time(code.startDateTime)], ['Valid until', until(code)], ['Last used', time(code.lastUsedDateTime)],
            ['QR code id', code.id]]) : el('p', {}, none),
        mayChange && el('div', { class: 'acts' }, labels.map(([label, act, kind]) => button(label, act, kind))));
    const { standardQRCode: standard, temporaryQRCode: temporary, pin } = method ?? {};
    return el('section', {}, el('h2', { id: 'badge', tabindex: '-1' }, 'Badge'),
        part('Standard badge', standard, 'There is none.', isActive(standard)
            ? [['Replace badge', acts.replace], ['Change expiry', acts.changeExpiry], ['Revoke badge', acts.revoke('standardQRCode'), 'danger']]
            : [['Issue a badge', acts.issue, 'main']]),
        method && part('Temporary badge', temporary, 'There is none. It helps out when the badge was left at home; the PIN is the same.',
            isActive(temporary) ? [['Revoke temporary badge', acts.revoke('temporaryQRCode'), 'danger']] : [['Make a temporary badge', acts.temporary]]),
        method && el('section', { class: 'part' }, el('h3', {}, 'PIN'),
            pin ? facts([['Kind', pin.forceChangePinNextSignIn ? 'temporary: a new one is asked for at the next sign-in' : 'chosen by the person'],
                ['Set', time(pin.updatedDateTime)]]) : el('p', {}, 'There is none: no badge signs in until it is reset.'),
            mayChange && el('div', { class: 'acts' }, button('Reset PIN', acts.resetPIN))),
        method && mayChange && el('section', { class: 'part' }, el('h3', {}, 'End badge sign-in'),
            el('p', {}, 'Deletes both badges and the PIN.'),
            el('div', { class: 'acts' }, button('Delete all', acts.deleteAll, 'danger'))));
}

const isActive = (code) => Boolean(code) && new Date(code.expireDateTime) > serviceNow();

const until = (code) => [time(code.expireDateTime), isActive(code) ? null : el('span', { class: 'tag bad' }, 'expired')].filter(Boolean);

function actsFor(user, method, refresh) {
    const path = methodPath(user.id);
    const name = user.displayName || user.userPrincipalName;

    /** Shows what a call made, then the page as it is now. */
    const done = async (text) => {
        await refresh('badge');
        say(text);
    };

    /** True when one was issued. */
    const issue = async () => {
        const made = await openDialog(`Issue a badge for ${name}`, (close) => [
            form(windowFields, 'Issue', async (values) => {
                const window = validity(values);
                close(await (method ? call('PATCH', `${path}/standardQRCode`, window) : call('PUT', path, { standardQRCode: window })));
            }, { blame: blameDate, cancel: () => close() }),
        ]);
        if (!made) return false;
        await showBadge(user, made.standardQRCode ?? made, 'Badge', made.standardQRCode ? made.pin?.code : null);
        await done(`A badge was issued for ${name}.`);
        return true;
    };

    return {
        issue,
        replace: async () => {
            if (!await confirmed(`Replace the badge of ${name}?`, 'The badge that they have stops working at once. The PIN stays.', `Replace badge of ${name}`)) return;
            await call('DELETE', `${path}/standardQRCode`);
            if (!await issue()) await done(`The badge of ${name} is revoked, and no other was issued.`);
        },
        changeExpiry: async () => {
            const changed = await openDialog(`Change the expiry of the badge of ${name}`, (close) => [
                form([{ ...windowFields[1], hint: 'The last day. At most 395 days from its start.', value: dayText(method.standardQRCode.expireDateTime),
                    missing: 'Choose the last day on which the badge works.' }], 'Change', async ({ expire }) => {
                    close(await call('PATCH', `${path}/standardQRCode`, { expireDateTime: endOf(expire) }));
                }, { blame: blameDate, cancel: () => close() }),
            ]);
            if (changed) await done(`The badge of ${name} has another expiry.`);
        },
        revoke: (code) => async () => {
            const kind = code === 'standardQRCode' ? 'badge' : 'temporary badge';
            if (!await confirmed(`Revoke the ${kind} of ${name}?`, 'It stops working at once and cannot be brought back. The PIN stays.', `Revoke ${kind} of ${name}`)) return;
            await call('DELETE', `${path}/${code}`);
            await done(`The ${kind} of ${name} is revoked.`);
        },
        temporary: async () => {
            const made = await openDialog(`Make a temporary badge for ${name}`, (close) => [
                form([{ name: 'hours', label: 'Valid for', value: '8', options: Array.from({ length: 12 }, (_, index) =>
                    [String(index + 1), index ? `${index + 1} hours` : '1 hour']) }], 'Make', async ({ hours }) => {
                    const start = serviceNow();
                    close(await call('PATCH', `${path}/temporaryQRCode`,
                        { startDateTime: start, expireDateTime: new Date(start.getTime() + Number(hours) * hour) }));
                }, { cancel: () => close() }),
            ]);
            if (!made) return;
            await showBadge(user, made, 'Temporary badge');
            await done(`A temporary badge was made for ${name}.`);
        },
        resetPIN: async () => {
            if (!await confirmed(`Reset the PIN of ${name}?`, 'They get a temporary PIN and choose a new one at the next sign-in. A lock after wrong PINs ends.', `Reset PIN of ${name}`)) return;
            const { code } = await call('PATCH', `${path}/pin`, {});
            await openDialog(`New PIN of ${name}`, (close) => [
                ...pinParts(code), el('div', { class: 'acts' }, button('Done', () => close(), 'main')),
            ], { isKept: true });
            await done(`The PIN of ${name} was reset.`);
        },
        deleteAll: async () => {
            if (!await confirmed(`Delete the badges and the PIN of ${name}?`, 'No badge of theirs works any more, and a new one comes with a new PIN. This cannot be undone.', `Delete all of ${name}`)) return;
            await call('DELETE', path);
            await done(`The badges and the PIN of ${name} are deleted.`);
        },
    };
}

const windowFields = [
    { name: 'start', label: 'Valid from', type: 'date', hint: 'The first day. Left empty: from now on.' },
    { name: 'expire', label: 'Valid until', type: 'date', hint: 'The last day, at most 395 days on. Left empty: as long as badges usually live here.' },
];

/** Whole days in the person's own zone, as the service wants them. */
function validity({ start, expire }) {
    const window = {};
    if (start) window.startDateTime = new Date(`${start}T00:00`);
    else if (expire) window.startDateTime = serviceNow();
    if (expire) window.expireDateTime = endOf(expire);
    return window;
}

const endOf = (text) => new Date(new Date(`${text}T00:00`).getTime() + day);

/** The day that a moment ends, for a date field: midnight belongs to the day before. */
function dayText(moment) {
    const date = new Date(new Date(moment).getTime() - 1);
    return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

const blameDate = ({ status }) => (status === 400 ? 'expire' : null);

/** The badge as a card, to be printed now: the service keeps neither its key nor the PIN. */
async function showBadge(user, code, title, pin) {
    const isTemporary = title !== 'Badge';
    const expiry = time(code.expireDateTime, { dateStyle: 'medium', timeStyle: isTemporary ? 'short' : undefined });
    const card = el('div', { class: 'card' }, symbol(code.image, user), el('div', { class: 'names' },
        el('p', { class: 'name' }, user.displayName), el('p', {}, user.userPrincipalName),
        el('p', {}, isTemporary ? `${title}, valid until ` : 'valid until ', expiry)));
    const printed = card.cloneNode(true);
    const print = el('div', { class: 'print' }, printed);
    const paper = el('select', { id: 'paper', onchange: () => printed.classList.toggle('cut', paper.value === 'sheet') },
        el('option', { value: 'card' }, 'a card (85.6 × 54 mm)'), el('option', { value: 'sheet' }, 'a sheet, to cut'));
    document.body.append(print);
    await openDialog(`${title} for ${user.displayName}`, (close) => [
        el('p', {}, 'This is shown once. Print it before you choose Done: whoever has a picture of it has the badge.'),
        card,
        el('div', { class: 'field' }, el('label', { for: 'paper' }, 'Print on'), paper),
        ...(pin ? pinParts(pin) : []),
        el('div', { class: 'acts' }, button('Print', () => window.print(), 'main'), button('Done', () => close())),
    ], { isKept: true });
    print.remove();
}

/** The service's SVG: squares alone, in a picture of its own. */
function symbol(image, user) {
    const svg = document.importNode(new DOMParser().parseFromString(atob(image.binaryValue), 'image/svg+xml').documentElement, true);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', `QR code of the badge of ${user.displayName}`);
    return svg;
}

/** A PIN that is hidden until it is asked for, since others may look on. */
function pinParts(pin) {
    const digits = el('p', { class: 'pin', role: 'status' });
    const show = button('Show PIN', () => {
        digits.textContent = digits.textContent ? '' : pin;
        show.textContent = digits.textContent ? 'Hide PIN' : 'Show PIN';
    });
    return [el('p', {}, 'The temporary PIN, for this person alone. It is not printed.'), el('div', { class: 'acts' }, show), digits];
}
