// The kiosk's state as it changes, and what can be done. The token goes in a header, which EventSource cannot send: hence fetch.

const token = document.querySelector('meta[name=qrpin-token]').content;
const headers = { Authorization: `Bearer ${token}` };
/** The kiosk speaks every ten seconds. */
const SILENCE = 25_000;
const AGAIN = 1_000;

export const post = (action) => fetch(`/api/v1/${action}`, { method: 'POST', headers });

/** Calls `show` with each new state and `lost` when the kiosk is gone; for ever. */
export async function follow(show, lost) {
    for (let last; ;) {
        try {
            for await (const state of events('events')) {
                // An id that was seen is a sign of life, no news.
                if (state.id !== last) show(state);
                last = state.id;
            }
        } catch { /* Gone: told below. */ }
        last = undefined;
        lost();
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
}

/** The data of server-sent events of the API, one after another; throws or ends when there are no more. */
export async function* events(name) {
    const silence = new AbortController();
    let alarm;
    const alive = () => {
        clearTimeout(alarm);
        alarm = setTimeout(() => silence.abort(), SILENCE);
    };
    try {
        alive();
        const response = await fetch(`/api/v1/${name}`, { headers, signal: silence.signal, cache: 'no-store' });
        // Another start of the kiosk has another token, which is in its page.
        if (response.status === 401) location.reload();
        if (!response.ok) throw new Error(`${name}: ${response.status}`);
        let rest = '';
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
            alive();
            const events = (rest + chunk).split('\n\n');
            rest = events.pop();
            for (const event of events) {
                const data = event.split('\n').find((line) => line.startsWith('data: '));
                if (data) yield JSON.parse(data.slice(6));
            }
        }
    } finally {
        clearTimeout(alarm);
        silence.abort();
    }
}
