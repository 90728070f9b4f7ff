// The record of every administrative act.

import { el, form, more, table, time } from './elements.js';
import { listed, quoted, withQuery } from './service.js';

const initiator = ({ app, user }) => app?.displayName ?? user?.userPrincipalName ?? 'unknown';

/** What it was done to; a person has a page. */
const target = (entry) => entry.targetResources.map(({ id, displayName, type }) =>
    (type === 'User' ? el('a', { href: `#/person/${encodeURIComponent(id)}` }, displayName) : displayName || id));

const columns = [
    { head: 'Time', cell: (entry) => time(entry.activityDateTime, { dateStyle: 'medium', timeStyle: 'medium' }) },
    { head: 'Act', cell: (entry) => entry.activityDisplayName },
    { head: 'Done to', cell: target },
    { head: 'Done by', cell: (entry) => initiator(entry.initiatedBy) },
    { head: 'Detail', cell: (entry) => entry.additionalDetails.map(({ key, value }) => el('div', {}, `${key}: ${value}`)) },
];

const filter = ({ act, by, from, to }) => [
    act && `startswith(activityDisplayName,${quoted(act)})`,
    by && `initiatedBy/app/displayName eq ${quoted(by)}`,
    from && `activityDateTime ge ${new Date(from).toISOString()}`,
    to && `activityDateTime lt ${new Date(to).toISOString()}`,
].filter(Boolean).join(' and ');

export async function showAudit({ query }) {
    const { value, next } = await listed(withQuery('/beta/auditLogs/directoryAudits', { $filter: filter(query), $top: 50 }));
    const found = table('Administrative acts, newest first', columns, value,
        filter(query) ? 'No act meets the filter. Leave a field empty to widen it.' : 'Nothing was done yet.');
    const fields = [
        { name: 'act', label: 'Act', value: query.act, hint: 'The start of it, such as “Create”.' },
        { name: 'by', label: 'Done by', value: query.by, hint: 'The whole client id.', autocapitalize: 'none', spellcheck: 'false' },
        { name: 'from', label: 'From', type: 'datetime-local', value: query.from },
        { name: 'to', label: 'To', type: 'datetime-local', value: query.to },
    ];
    return {
        title: 'Audit log',
        content: [
            form(fields, 'Filter', (values) => { location.hash = withQuery('#/audit', values); }, { kind: 'filter' }),
            found.element,
            more(next, found, 'acts'),
        ],
    };
}
