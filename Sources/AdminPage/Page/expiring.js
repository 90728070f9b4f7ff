// Badges that expire soon, to be replaced before they do.

import { el, form, more, table, time } from './elements.js';
import { listed, withQuery } from './service.js';

const columns = [
    { head: 'Person', cell: (entry) => el('a', { href: `#/person/${encodeURIComponent(entry.userId)}` }, entry.displayName || entry.userPrincipalName) },
    { head: 'User name', cell: (entry) => entry.userPrincipalName },
    { head: 'Badge', cell: (entry) => [entry.kind, entry.accountEnabled ? '' : ' (person disabled)'] },
    { head: 'Expires', cell: (entry) => time(entry.expireDateTime) },
    { head: 'Days left', cell: (entry) => String(entry.daysLeft) },
];

export async function showExpiring({ query }) {
    const days = query.days ?? '30';
    const { value, next } = await listed(withQuery('/admin/v1/reports/expiring', { days, $top: 50 }));
    const found = table(`Badges that expire within ${days} days, the next first`, columns, value, `No badge expires within ${days} days.`);
    return {
        title: 'Expiring badges',
        content: [
            form([{ name: 'days', label: 'Within days', type: 'number', value: days, min: '1', max: '395', missing: 'Type a number of days, 1 to 395.' }],
                'Show', (values) => { location.hash = withQuery('#/expiring', values); }, { kind: 'inline' }),
            found.element,
            more(next, found, 'badges'),
        ],
    };
}
