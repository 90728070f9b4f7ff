// Calls of the service. The session's cookie goes along by itself; its token against forged calls goes along here.

/** A call that the service refused, or that did not reach it (status 0). The message says what to do. */
export class Refusal extends Error {
    constructor(status, code, message) {
        super(message);
        this.status = status;
        this.code = code;
    }
}

const needs = {
    readPeople: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'],
    changePeople: ['User.ReadWrite.All'],
    readBadges: [
        'UserAuthMethod-QR.Read.All', 'UserAuthMethod-QR.ReadWrite.All',
        'UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All',
    ],
    changeBadges: ['UserAuthMethod-QR.ReadWrite.All', 'UserAuthenticationMethod.ReadWrite.All'],
    readGroups: ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All'],
    changeGroups: ['Group.ReadWrite.All'],
    readMembers: ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', 'Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All'],
    changeMembers: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All'],
    readLogs: ['AuditLog.Read.All'],
    readKiosks: ['Kiosk.Read.All', 'Kiosk.ReadWrite.All'],
    changeKiosks: ['Kiosk.ReadWrite.All'],
    readPolicy: ['Policy.Read.All', 'Policy.Read.AuthenticationMethod', 'Policy.ReadWrite.AuthenticationMethod'],
    changePolicy: ['Policy.ReadWrite.AuthenticationMethod'],
};

let session;
let clockDifference = 0;

/** Whether the session's roles allow an act; the service has the last word. */
export const may = (act) => needs[act].some((role) => session?.roles.includes(role));

/** The service's time, in whole seconds: a window may not start before it, whatever this machine's clock says. */
export const serviceNow = () => new Date(Math.floor((Date.now() + clockDifference) / 1000) * 1000);

/** Sends a call and gives the body of its answer; null when it has none. Throws a Refusal. */
export async function call(method, path, body) {
    const headers = {};
    if (session) headers['x-csrf-token'] = session.csrfToken;
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response;
    try {
        response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
        throw new Refusal(0, 'unreachable', 'The service cannot be reached. Check the network, then try again.');
    }
    const date = Date.parse(response.headers.get('date'));
    if (date) clockDifference = date - Date.now();
    const answer = await response.json().catch(() => null);
    if (response.ok) return answer;
    if (response.status === 401 && session) {
        session = undefined;
        window.dispatchEvent(new Event('signed-out'));
    }
    const { code = 'unknown', message = `The service answered with ${response.status}.` } = answer?.error ?? {};
    throw new Refusal(response.status, code, message);
}

/** A call whose thing may be absent: null then. */
export async function find(path) {
    try {
        return await call('GET', path);
    } catch (refusal) {
        if (refusal.status === 404) return null;
        throw refusal;
    }
}

/** A page of a list, and the path of the next one: only the path, since a proxy may have another name for the service. */
export async function listed(path) {
    const { value, '@odata.nextLink': link } = await call('GET', path);
    return { value, next: link ? new URL(link).pathname + new URL(link).search : null };
}

/** The path with a query string; members without a value are left out. */
export const withQuery = (path, members) => {
    const query = Object.entries(members).filter(([, value]) => value)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return query.length ? `${path}?${query.join('&')}` : path;
};

/** A string of an OData expression (OData ABNF, SQUOTE-in-string). */
export const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

export const userPath = (id) => `/beta/users/${encodeURIComponent(id)}`;
export const methodPath = (id) => `${userPath(id)}/authentication/qrCodePinMethod`;

/** Who is signed in; null when nobody is. */
export async function findSession() {
    try {
        session = await call('GET', '/admin/v1/session');
    } catch (refusal) {
        if (refusal.status !== 401) throw refusal;
        session = undefined;
    }
    return session ?? null;
}

export async function openSession(code) {
    session = await call('POST', '/admin/v1/session', { code });
    return session;
}

export async function endSession() {
    await call('DELETE', '/admin/v1/session');
    session = undefined;
}
