// The sign-in log with its filters.

import { el, form, more, table, time } from './elements.js';
import { call, listed, quoted, withQuery } from './service.js';

/** The end of a session is neither good nor bad. */
const tag = ({ errorCode, failureReason }) => (errorCode === 0 ? 'tag good' : failureReason ? 'tag bad' : 'tag');

export const signInColumns = [
    { head: 'Time', cell: (entry) => time(entry.createdDateTime, { dateStyle: 'medium', timeStyle: 'medium' }) },
    { head: 'Result', cell: (entry) => el('span', { class: tag(entry.status) }, entry.result) },
    {
        head: 'Person', cell: (entry) => (entry.userId
            ? el('a', { href: `#/person/${encodeURIComponent(entry.userId)}` }, entry.userDisplayName || entry.userPrincipalName)
            : entry.userPrincipalName ?? 'unknown'),
    },
    { head: 'Kiosk', cell: (entry) => entry.deviceDetail.displayName },
    { head: 'Detail', cell: (entry) => entry.status.failureReason ?? entry.status.additionalDetails ?? '' },
];

const isID = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** The terms of an OData filter for the fields of the form. */
function filter({ person, kiosk, result, from, to }) {
    return [
        person && (isID(person) ? `userId eq ${quoted(person)}` : `startswith(userPrincipalName,${quoted(person)})`),
        kiosk && `deviceDetail/deviceId eq ${quoted(kiosk)}`,
        result && `status/errorCode eq ${result}`,
        from && `createdDateTime ge ${new Date(from).toISOString()}`,
        to && `createdDateTime lt ${new Date(to).toISOString()}`,
    ].filter(Boolean).join(' and ');
}

export async function showSignIns({ query }) {
    const [{ value: results }, { value, next }] = await Promise.all([
        call('GET', '/admin/v1/resultCodes'), listed(withQuery('/beta/auditLogs/signIns', { $filter: filter(query), $top: 50 })),
    ]);
    const found = table('Sign-ins, newest first', signInColumns, value,
        filter(query) ? 'No sign-in meets the filter. Leave a field empty to widen it.' : 'There is no sign-in yet.');
    const fields = [
        { name: 'person', label: 'Person', value: query.person, hint: 'Start of the user name, or an id.', autocapitalize: 'none', spellcheck: 'false' },
        { name: 'kiosk', label: 'Kiosk', value: query.kiosk, hint: 'Its whole name.' },
        { name: 'result', label: 'Result', value: query.result ?? '', options: [['', 'any'],
            ...results.map(({ result, errorCode, description }) => [String(errorCode), `${result}: ${description}`])] },
        { name: 'from', label: 'From', type: 'datetime-local', value: query.from },
        { name: 'to', label: 'To', type: 'datetime-local', value: query.to },
    ];
    return {
        title: 'Sign-ins',
        content: [
            form(fields, 'Filter', (values) => { location.hash = withQuery('#/sign-ins', values); }, { kind: 'filter' }),
            found.element,
            more(next, found, 'sign-ins'),
        ],
    };
}
