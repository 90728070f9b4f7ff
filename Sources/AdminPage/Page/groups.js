// Groups of people, by which the policy says who may sign in.

import { button, confirmed, el, form, go, more, openDialog, say, table } from './elements.js';
import { call, listed, may, userPath, withQuery } from './service.js';

const path = (group) => `/beta/groups/${encodeURIComponent(group.id)}`;
const link = (group) => el('a', { href: `#/group/${encodeURIComponent(group.id)}` }, group.displayName);
const columns = [{ head: 'Group', cell: link }, { head: 'Description', cell: (group) => group.description ?? '' }];

export async function showGroups() {
    const { value, next } = await listed('/beta/groups?$top=50');
    const found = table('All groups, by name', columns, value, 'There is no group yet.');
    return {
        title: 'Groups',
        content: [may('changeGroups') && button('Add a group', addGroup), found.element, more(next, found, 'groups')],
    };
}

const fields = (group = {}) => [
    { name: 'displayName', label: 'Name', value: group.displayName, missing: 'Type the name of the group.' },
    { name: 'description', label: 'Description', value: group.description, hint: 'May be empty.' },
];

const blame = ({ status }) => (status === 400 || status === 409 ? 'displayName' : null);

async function addGroup() {
    const group = await openDialog('Add a group', (close) => [
        form(fields(), 'Add', async (values) => close(await call('POST', '/beta/groups',
            { ...values, mailEnabled: false, securityEnabled: true })), { blame, cancel: () => close() }),
    ]);
    if (!group) return;
    await go(`#/group/${group.id}`);
    say(`The group ${group.displayName} was added.`);
}

export async function showGroup({ detail, refresh }) {
    const group = await call('GET', path({ id: detail }));
    const { value, next } = await listed(`${path(group)}/members?$top=50`);
    const members = [
        { head: 'Name', cell: (user) => el('a', { href: `#/person/${encodeURIComponent(user.id)}` }, user.displayName) },
        { head: 'User name', cell: (user) => user.userPrincipalName },
        may('changeMembers') && { head: 'Acts', cell: (user) => button(`Remove ${user.displayName}`, () => remove(user, group, refresh)) },
    ].filter(Boolean);
    const found = table(`Members of ${group.displayName}`, members, value, 'There is no member yet.');
    return {
        title: group.displayName,
        content: [
            el('p', {}, el('a', { href: '#/groups' }, 'All groups')),
            group.description && el('p', {}, group.description),
            may('changeGroups') && el('div', { class: 'acts' }, button('Rename', () => rename(group, refresh)),
                button('Delete group', () => deleteGroup(group), 'danger')),
            el('h2', { id: 'members', tabindex: '-1' }, 'Members'),
            may('changeMembers') && form([{
                name: 'user', label: 'Add a member', hint: 'The whole user name, or an id.', missing: 'Type the user name of the person to add.',
                autocapitalize: 'none', spellcheck: 'false',
            }], 'Add', ({ user }) => add(user, group, refresh), { kind: 'inline', blame: () => 'user' }),
            found.element,
            more(next, found, 'members'),
        ],
    };
}

async function add(name, group, refresh) {
    const user = await call('GET', userPath(name));
    await call('POST', `${path(group)}/members/$ref`, { '@odata.id': `${location.origin}/v1.0/users/${user.id}` });
    await refresh('members');
    say(`${user.displayName} is a member of ${group.displayName}.`);
}

async function remove(user, group, refresh) {
    if (!await confirmed(`Remove ${user.displayName} from ${group.displayName}?`, 'What the policy says of the group counts for them no more.', `Remove ${user.displayName} from group`)) return;
    await call('DELETE', `${path(group)}/members/${user.id}/$ref`);
    await refresh('members');
    say(`${user.displayName} is no member of ${group.displayName} any more.`);
}

async function rename(group, refresh) {
    const renamed = await openDialog(`Rename ${group.displayName}`, (close) => [
        form(fields(group), 'Rename', async (values) => {
            await call('PATCH', path(group), values);
            close(values);
        }, { blame, cancel: () => close() }),
    ]);
    if (!renamed) return;
    await refresh();
    say(`The group is now ${renamed.displayName}.`);
}

async function deleteGroup(group) {
    if (!await confirmed(`Delete the group ${group.displayName}?`, 'Its members stay, without the group.', `Delete group ${group.displayName}`)) return;
    await call('DELETE', path(group));
    await go('#/groups');
    say(`The group ${group.displayName} is deleted.`);
}

/** The groups of a person. */
export async function groupsSection(user) {
    const { value } = await listed(withQuery(`${userPath(user.id)}/memberOf`, { $top: 100 }));
    return el('section', {}, el('h2', {}, 'Groups'),
        value.length ? el('ul', {}, value.map((group) => el('li', {}, link(group)))) : el('p', {}, `${user.displayName} is in no group.`));
}
