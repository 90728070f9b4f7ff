// Finding and adding people; one person with badge, codes, PIN and latest sign-ins.

import { button, confirmed, el, facts, form, go, more, openDialog, say, table, time } from './elements.js';
import { call, find, listed, may, methodPath, quoted, userPath, withQuery } from './service.js';
import { badgeSection } from './badge.js';
import { groupsSection } from './groups.js';
import { signInColumns } from './sign-ins.js';

const link = (user) => el('a', { href: `#/person/${encodeURIComponent(user.id)}` }, user.displayName || user.userPrincipalName);

const columns = [
    { head: 'Name', cell: link },
    { head: 'User name', cell: (user) => user.userPrincipalName },
    { head: 'State', cell: (user) => (user.accountEnabled ? 'enabled' : el('span', { class: 'tag bad' }, 'disabled')) },
];

export async function showPeople({ query, refresh }) {
    const text = query.find ?? '';
    const { value, next } = text ? await search(text) : await listed('/beta/users?$top=50');
    const found = table(text ? `People found by “${text}”` : 'All people, by user name', columns, value,
        text ? `Nobody's name starts with “${text}”. Try fewer letters.` : 'There is nobody yet. Add the first person.');
    return {
        title: 'People',
        content: [
            form([{ name: 'find', label: 'Find a person', type: 'search', value: text, hint: 'The start of the name or of the user name.' }],
                'Find', ({ find }) => { location.hash = withQuery('#/people', { find }); }, { kind: 'inline' }),
            may('changePeople') && button('Add a person', () => addPerson()),
            found.element,
            more(next, found, 'people'),
        ],
    };
}

/** Whose name or user name starts with the text; both are asked for, since a filter joins its terms by and. */
async function search(text) {
    const lists = await Promise.all(['displayName', 'userPrincipalName'].map((member) =>
        listed(withQuery('/beta/users', { $filter: `startswith(${member},${quoted(text)})`, $top: 50 }))));
    const people = new Map(lists.flatMap(({ value }) => value).map((user) => [user.id, user]));
    return { value: [...people.values()].sort((a, b) => a.userPrincipalName.localeCompare(b.userPrincipalName)), next: null };
}

const personFields = (user = {}) => [
    { name: 'displayName', label: 'Name', value: user.displayName, missing: 'Type the name as it shall stand on the badge.' },
    {
        name: 'userPrincipalName', label: 'User name', value: user.userPrincipalName, hint: 'Such as ada@example.com.',
        missing: 'Type the name by which the person is known to other systems.', autocapitalize: 'none', spellcheck: 'false',
    },
];

const blame = ({ code, status }) => (status === 409 || code === 'invalidRequest' ? 'userPrincipalName' : null);

async function addPerson() {
    const user = await openDialog('Add a person', (close) => [
        form(personFields(), 'Add', async (values) => close(await call('POST', '/beta/users', values)), { blame, cancel: () => close() }),
    ]);
    if (!user) return;
    await go(`#/person/${user.id}`);
    say(`${user.displayName} was added.`);
}

export async function showPerson({ detail, refresh }) {
    const user = await call('GET', userPath(detail));
    const [method, groups, signIns] = await Promise.all([
        may('readBadges') ? find(methodPath(user.id)) : null,
        may('readMembers') ? groupsSection(user) : null,
        may('readLogs') ? call('GET', withQuery('/beta/auditLogs/signIns', { $filter: `userId eq ${quoted(user.id)}`, $top: 10 })) : null,
    ]);
    return {
        title: user.displayName || user.userPrincipalName,
        content: [
            el('p', {}, el('a', { href: '#/people' }, 'All people')),
            facts([['User name', user.userPrincipalName],
                ['State', user.accountEnabled ? 'enabled' : el('span', { class: 'tag bad' }, 'disabled: no badge signs in')],
                ['Object id', user.id]]),
            may('changePeople') && el('div', { class: 'acts' },
                button('Rename', () => rename(user, refresh)), button(user.accountEnabled ? 'Disable' : 'Enable', () => enable(user, refresh)),
                button('Delete person', () => deletePerson(user), 'danger')),
            may('readBadges') && badgeSection(user, method, refresh),
            groups,
            signIns && el('section', {}, el('h2', {}, 'Latest sign-ins'),
                table(`Latest sign-ins of ${user.displayName}`, signInColumns.filter(({ head }) => head !== 'Person'), signIns.value,
                    'There is no sign-in yet.').element,
                el('p', {}, el('a', { href: withQuery('#/sign-ins', { person: user.id }) }, `All sign-ins of ${user.displayName}`))),
        ],
    };
}

async function deletePerson(user) {
    const name = user.displayName;
    if (!await confirmed(`Delete ${name}?`, 'Their badges and PIN end and they leave their groups. The sign-in log keeps their sign-ins. This cannot be undone.', `Delete ${name}`)) return;
    await call('DELETE', userPath(user.id));
    await go('#/people');
    say(`${name} is deleted.`);
}

async function rename(user, refresh) {
    const renamed = await openDialog(`Rename ${user.displayName}`, (close) => [
        el('p', {}, 'A badge stays valid; the names that are printed on it do not change.'),
        form(personFields(user), 'Rename', async (values) => {
            await call('PATCH', userPath(user.id), values);
            close(values);
        }, { blame, cancel: () => close() }),
    ]);
    if (!renamed) return;
    await refresh();
    say(`${user.displayName} is now ${renamed.displayName}, ${renamed.userPrincipalName}.`);
}

async function enable(user, refresh) {
    const accountEnabled = !user.accountEnabled;
    const name = user.displayName;
    if (!accountEnabled && !await confirmed(`Disable ${name}?`, 'No badge of theirs signs in until they are enabled again.', `Disable ${name}`)) return;
    await call('PATCH', userPath(user.id), { accountEnabled });
    await refresh();
    say(`${name} is ${accountEnabled ? 'enabled' : 'disabled'}.`);
}
