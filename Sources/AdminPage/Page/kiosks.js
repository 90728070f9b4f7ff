// Kiosks and how they are, the codes by which new ones become known, and where people may sign in while the service is gone.

import { button, confirmed, el, facts, form, more, openDialog, say, table, time } from './elements.js';
import { call, listed, may, serviceNow, withQuery } from './service.js';

/** A kiosk reports every minute; after five it is missed. */
const missedAfter = 5 * 60_000;

const path = (kiosk) => `/admin/v1/kiosks/${encodeURIComponent(kiosk.id)}`;

/** What is wrong with a kiosk, in a word or two each. */
function troubles({ health, lastSeenDateTime, revokedDateTime }) {
    if (revokedDateTime) return ['revoked'];
    const isSilent = !lastSeenDateTime || serviceNow() - new Date(lastSeenDateTime) > missedAfter;
    return [
        isSilent && 'not seen lately',
        health?.camera === 'absent' && 'no camera',
        health && !health.clockTrusted && 'clock not set',
        health?.outboxDepth > 0 && `${health.outboxDepth} events waiting`,
        health?.scannerCrashes > 0 && `${health.scannerCrashes} scanner crashes`,
    ].filter(Boolean);
}

function state(kiosk) {
    const found = troubles(kiosk);
    if (!found.length) return el('span', { class: 'tag good' }, 'well');
    return found.map((text) => el('span', { class: 'tag bad' }, text)).flatMap((tag) => [tag, ' ']);
}

const columns = [
    { head: 'Kiosk', cell: (kiosk) => el('a', { href: `#/kiosk/${encodeURIComponent(kiosk.id)}` }, kiosk.displayName) },
    { head: 'State', cell: state },
    { head: 'Group', cell: (kiosk) => kiosk.group ?? '' },
    { head: 'Last seen', cell: (kiosk) => time(kiosk.lastSeenDateTime) },
    { head: 'Version', cell: (kiosk) => kiosk.health?.version ?? '' },
];

export async function showKiosks({ refresh }) {
    const [{ value, next }, codes, policies] = await Promise.all([
        listed('/admin/v1/kiosks'), call('GET', '/admin/v1/enrolmentCodes'), may('readPolicy') && call('GET', offlinePolicies),
    ]);
    const found = table('Kiosks, by id', columns, value, 'There is no kiosk yet. Make an enrolment code for the first one.');
    return {
        title: 'Kiosks',
        content: [found.element, more(next, found, 'kiosks'), enrolment(codes.value, refresh), policies && offline(policies.value, refresh)],
    };
}

function enrolment(codes, refresh) {
    const waiting = [
        { head: 'For', cell: (code) => code.displayName },
        { head: 'Group', cell: (code) => code.group ?? '' },
        { head: 'Valid until', cell: (code) => time(code.expireDateTime) },
        { head: 'Acts', cell: (code) => may('changeKiosks') && button(`Delete code for ${code.displayName}`, () => forget(code, refresh), 'danger') },
    ];
    return el('section', {}, el('h2', { id: 'enrolment', tabindex: '-1' }, 'Enrolment codes'),
        el('p', {}, 'A new kiosk becomes known by a code that works once.'),
        may('changeKiosks') && button('Make an enrolment code', () => makeCode(refresh), 'main'),
        table('Codes that wait for their kiosk', waiting.filter(({ head }) => head !== 'Acts' || may('changeKiosks')), codes, 'No code waits.').element);
}

async function makeCode(refresh) {
    const lifetimes = [['60', '1 hour'], ['480', '8 hours'], ['1440', '1 day'], ['10080', '1 week']];
    const made = await openDialog('Make an enrolment code', (close) => [
        form([
            { name: 'displayName', label: 'Name of the kiosk', missing: 'Type the name by which people know the kiosk, such as its place.' },
            { name: 'group', label: 'Group', hint: 'May be empty.' },
            { name: 'lifetime', label: 'Valid for', options: lifetimes, value: '60' },
        ], 'Make', async ({ displayName, group, lifetime }) => close(await call('POST', '/admin/v1/enrolmentCodes',
            { displayName, group: group || undefined, lifetimeInMinutes: Number(lifetime) })),
        { blame: ({ status }) => (status === 400 ? 'displayName' : null), cancel: () => close() }),
    ]);
    if (!made) return;
    await openDialog(`Enrolment code for ${made.displayName}`, (close) => [
        el('p', {}, 'This is shown once. At the kiosk, run:'),
        el('pre', { tabindex: '0' }, el('code', {}, `qrpin enrol --service ${location.origin} --code ${made.code} --key /var/lib/qrpin/kiosk.key`)),
        el('p', { class: 'pin' }, made.code),
        el('div', { class: 'acts' }, button('Done', () => close(), 'main')),
    ], { isKept: true });
    await refresh('enrolment');
    say(`The enrolment code for ${made.displayName} waits for its kiosk.`);
}

async function forget(code, refresh) {
    if (!await confirmed(`Delete the enrolment code for ${code.displayName}?`, 'It works no more. Kiosks that are enrolled stay.', `Delete code for ${code.displayName}`)) return;
    await call('DELETE', `/admin/v1/enrolmentCodes/${encodeURIComponent(code.id)}`);
    await refresh('enrolment');
    say(`The enrolment code for ${code.displayName} is deleted.`);
}

const offlinePolicies = '/admin/v1/offlinePolicies';

function offline(policies, refresh) {
    const allowed = [
        { head: 'Kiosk group', cell: (policy) => policy.kioskGroup },
        { head: 'After an online sign-in', cell: (policy) => `${policy.entryLifetimeInHours} hours` },
        { head: 'Without word of the service', cell: (policy) => `${policy.changesMaxAgeInMinutes} minutes` },
        may('changePolicy') && {
            head: 'Acts', cell: (policy) => [
                button(`Change ${policy.kioskGroup}`, () => allow(policy, refresh)), ' ',
                button(`Forbid at ${policy.kioskGroup}`, () => forbid(policy, refresh), 'danger'),
            ],
        },
    ].filter(Boolean);
    return el('section', {}, el('h2', { id: 'offline', tabindex: '-1' }, 'While the service is gone'),
        el('p', {}, 'At the kiosks of these groups, who signed in there lately can sign in offline, with the same badge and PIN. A badge that is revoked works on at a kiosk that does not hear of it, for as long as the last column says.'),
        may('changePolicy') && button('Allow a kiosk group', () => allow(null, refresh)),
        table('Groups that may sign people in offline', allowed, policies, 'No group may. Nobody signs in while the service is gone.').element);
}

async function allow(policy, refresh) {
    const group = policy?.kioskGroup;
    const changed = await openDialog(group ? `Offline sign-ins at ${group}` : 'Allow a kiosk group to sign people in offline', (close) => [
        form([
            !group && { name: 'kioskGroup', label: 'Kiosk group', hint: 'The group of the kiosks, as it stands in the list.', missing: 'Type the name of the kiosk group.' },
            { name: 'hours', label: 'Hours after an online sign-in', type: 'number', min: 1, max: 2160, value: policy?.entryLifetimeInHours ?? 72, hint: '1 to 2160.', missing: 'Type a number of hours.' },
            { name: 'minutes', label: 'Minutes without word of the service', type: 'number', min: 5, max: 10080, value: policy?.changesMaxAgeInMinutes ?? 1440, hint: '5 to 10080; 1440 is a day.', missing: 'Type a number of minutes.' },
        ].filter(Boolean), group ? 'Save' : 'Allow', async ({ kioskGroup = group, hours, minutes }) => {
            await call('PATCH', offlinePolicies,
                { kioskGroup, isAllowed: true, entryLifetimeInHours: Number(hours), changesMaxAgeInMinutes: Number(minutes) });
            close(kioskGroup);
        }, { blame: ({ message }) => (message.startsWith('entryLifetime') ? 'hours' : message.startsWith('changesMaxAge') ? 'minutes' : null), cancel: () => close() }),
    ]);
    if (!changed) return;
    await refresh('offline');
    say(`The kiosks of ${changed} may sign people in while the service is gone.`);
}

async function forbid({ kioskGroup }, refresh) {
    if (!await confirmed(`Forbid offline sign-ins at ${kioskGroup}?`, 'Its kiosks forget whom they could sign in. To come back, everyone signs in online once.', `Forbid at ${kioskGroup}`)) return;
    await call('PATCH', offlinePolicies, { kioskGroup, isAllowed: false });
    await refresh('offline');
    say(`The kiosks of ${kioskGroup} sign nobody in while the service is gone.`);
}

export async function showKiosk({ detail, refresh }) {
    const kiosk = await call('GET', path({ id: detail }));
    const { health } = kiosk;
    const offset = health?.clockOffsetMilliseconds;
    return {
        title: kiosk.displayName,
        content: [
            el('p', {}, el('a', { href: '#/kiosks' }, 'All kiosks')),
            facts([
                ['State', state(kiosk)], ['Client id', kiosk.id], ['Group', kiosk.group ?? 'none'], ['Last seen', time(kiosk.lastSeenDateTime)],
                kiosk.enrolledDateTime && ['Enrolled', time(kiosk.enrolledDateTime)],
                kiosk.revokedDateTime && ['Revoked', time(kiosk.revokedDateTime)],
                health && ['Version', health.version], health && ['Camera', health.camera],
                health && ['Events waiting', String(health.outboxDepth)], health && ['Scanner crashes', String(health.scannerCrashes)],
                health && ['Clock', `${health.clockTrusted ? 'set' : 'not set'}${offset === undefined ? '' : `, ${offset} ms ahead of the service`}`],
                ['Events received', String(kiosk.lastSequence)],
            ]),
            may('changeKiosks') && el('div', { class: 'acts' }, button('Rename or group', () => change(kiosk, refresh)),
                !kiosk.revokedDateTime && button('Revoke kiosk', () => revoke(kiosk, refresh), 'danger')),
            may('readLogs') && el('p', {}, el('a', { href: withQuery('#/sign-ins', { kiosk: kiosk.id }) }, `Sign-ins at ${kiosk.displayName}`)),
        ],
    };
}

async function change(kiosk, refresh) {
    const changed = await openDialog(`Rename or group ${kiosk.displayName}`, (close) => [
        form([
            { name: 'displayName', label: 'Name', value: kiosk.displayName, missing: 'Type the name by which people know the kiosk.' },
            { name: 'group', label: 'Group', value: kiosk.group, hint: 'May be empty.' },
        ], 'Save', async (values) => {
            await call('PATCH', path(kiosk), values);
            close(values);
        }, { blame: ({ status }) => (status === 400 ? 'displayName' : null), cancel: () => close() }),
    ]);
    if (!changed) return;
    await refresh();
    say(`${changed.displayName} is saved.`);
}

async function revoke(kiosk, refresh) {
    if (!await confirmed(`Revoke the kiosk ${kiosk.displayName}?`, 'It is refused at once, and nobody signs in there. To come back, it enrols anew.', `Revoke ${kiosk.displayName}`)) return;
    await call('POST', `${path(kiosk)}/revoke`);
    await refresh();
    say(`${kiosk.displayName} is revoked.`);
}
