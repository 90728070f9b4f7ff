// What an administrator should look at.

import { button, el, say, table, time } from './elements.js';
import { call, may, withQuery } from './service.js';

const kinds = {
    kioskGuessing: 'Wrong PINs of many badges at one kiosk',
    codeDisabled: 'Badge disabled after 100 wrong PINs',
    eventGap: 'Events of a kiosk are missing',
    eventFork: 'A kiosk reported two histories',
    eventAltered: 'An event was altered',
    eventConflict: 'An event came twice with other content',
};

export async function showAlerts({ query, refresh }) {
    const isOld = query.acknowledged === 'true';
    const { value } = await call('GET', withQuery('/admin/v1/alerts', { acknowledged: query.acknowledged, $top: 200 }));
    const acknowledge = async (alert) => {
        await call('POST', `/admin/v1/alerts/${encodeURIComponent(alert.id)}/acknowledge`);
        await refresh();
        say(`“${title(alert)}” is acknowledged.`);
    };
    const title = ({ kind }) => kinds[kind] ?? kind;
    const columns = [
        { head: 'Alert', cell: title },
        { head: 'Detail', cell: (alert) => alert.detail },
        { head: 'Where', cell: where },
        { head: 'Last', cell: (alert) => time(alert.lastDateTime) },
        { head: 'Times', cell: (alert) => String(alert.count) },
        isOld ? { head: 'Acknowledged', cell: (alert) => [time(alert.acknowledgedDateTime), ` by ${alert.acknowledgedBy}`] }
            : may('changeKiosks') && { head: 'Acts', cell: (alert) => button('Acknowledge', () => acknowledge(alert)) },
    ].filter(Boolean);
    return {
        title: 'Alerts',
        content: [
            table(isOld ? 'Alerts that were acknowledged' : 'Open alerts, newest first', columns, value,
                isOld ? 'None was acknowledged yet.' : 'All is well: there is no open alert.').element,
            el('p', {}, isOld ? el('a', { href: '#/alerts' }, 'Open alerts')
                : el('a', { href: '#/alerts?acknowledged=true' }, 'Acknowledged alerts')),
        ],
    };
}

const where = ({ kioskId, userId }) => [
    kioskId && el('div', {}, el('a', { href: `#/kiosk/${encodeURIComponent(kioskId)}` }, `Kiosk ${kioskId}`)),
    userId && may('readPeople') && el('div', {}, el('a', { href: `#/person/${encodeURIComponent(userId)}` }, 'Person')),
].filter(Boolean);
