// Sign-in, navigation and the view that is shown. The address behind the # says which.

import { button, el, errorBox, say } from './elements.js';
import { endSession, findSession, may, openSession } from './service.js';
import { showAlerts } from './alerts.js';
import { showAudit } from './audit.js';
import { showExpiring } from './expiring.js';
import { showGroup, showGroups } from './groups.js';
import { showKiosk, showKiosks } from './kiosks.js';
import { showPeople, showPerson } from './people.js';
import { showSignIns } from './sign-ins.js';

const views = [
    { name: 'people', title: 'People', act: 'readPeople', show: showPeople },
    { name: 'person', act: 'readPeople', show: showPerson },
    { name: 'groups', title: 'Groups', act: 'readGroups', show: showGroups },
    { name: 'group', act: 'readGroups', show: showGroup },
    { name: 'expiring', title: 'Expiring', act: 'readBadges', show: showExpiring },
    { name: 'sign-ins', title: 'Sign-ins', act: 'readLogs', show: showSignIns },
    { name: 'kiosks', title: 'Kiosks', act: 'readKiosks', show: showKiosks },
    { name: 'kiosk', act: 'readKiosks', show: showKiosk },
    { name: 'alerts', title: 'Alerts', act: 'readKiosks', show: showAlerts },
    { name: 'audit', title: 'Audit log', act: 'readLogs', show: showAudit },
];

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const sessionBox = document.getElementById('session');
let shown = 0;

/** The view that the address asks for: `#/name/detail?members`. */
function asked() {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
    const [name, detail] = path.split('/').map(decodeURIComponent);
    const allowed = views.filter(({ act }) => may(act));
    const view = allowed.find((view) => view.name === name) ?? allowed[0];
    return { view, detail: view?.name === name ? detail : undefined, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** Shows the view anew. The focus goes to the heading `focus`, or else to the view's. */
async function show(focus) {
    const turn = ++shown;
    const { view, detail, query } = asked();
    const items = views.filter(({ title, act }) => title && may(act)).map(({ name, title }) =>
        el('li', {}, el('a', { href: `#/${name}`, 'aria-current': name === view.name ? 'page' : undefined }, title)));
    nav.replaceChildren(...items);
    if (!view) return place('Nothing to show', [el('p', {}, 'Your client has no role for this page. See “Who may do what” in deploy/guides/service.md.')]);
    main.setAttribute('aria-busy', 'true');
    try {
        const { title, content } = await view.show({ detail, query, refresh: show });
        if (turn === shown) place(title, content, focus);
    } catch (refusal) {
        if (turn === shown) place(view.title ?? 'Not shown', [errorBox(refusal.message), button('Try again', () => show())]);
    }
}

function place(title, content, focus) {
    document.title = `${title} – qrpin`;
    const heading = el('h1', { tabindex: '-1' }, title);
    main.removeAttribute('aria-busy');
    main.replaceChildren(heading, ...content.filter(Boolean));
    (document.getElementById(focus) ?? heading).focus();
}

function showSession(session) {
    sessionBox.replaceChildren(el('span', {}, `Signed in as ${session.clientId}`), button('Sign out', async () => {
        await endSession();
        showSignedOut('You are signed out.');
    }));
    show();
}

function showSignedOut(text) {
    shown += 1;
    nav.replaceChildren();
    sessionBox.replaceChildren();
    document.querySelectorAll('dialog, .print').forEach((element) => element.remove());
    place('Sign in', [
        text && el('p', {}, text),
        el('p', {}, 'There is no password. On the machine that has your key, run this, and open the link that it prints within a minute:'),
        el('pre', { tabindex: '0' }, el('code', {}, `qrpin admin --service ${location.origin} --client-id YOUR-NAME --key YOUR-KEY-FILE`)),
    ]);
}

async function start() {
    const code = location.hash.match(/^#code=(.+)$/)?.[1];
    // The code is used up; neither the history nor a bookmark shall keep it.
    if (code) history.replaceState(null, '', location.pathname);
    try {
        const session = code ? await openSession(code) : await findSession();
        if (session) showSession(session);
        else showSignedOut();
    } catch (refusal) {
        showSignedOut(refusal.message);
    }
}

window.addEventListener('signed-out', () => showSignedOut('Your session has ended.'));
window.addEventListener('hashchange', () => {
    say('');
    if (location.hash.startsWith('#code=')) start();
    else show();
});
document.getElementById('skip').addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
});
start();
