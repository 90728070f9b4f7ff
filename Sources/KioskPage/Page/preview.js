// What the camera sees while a badge is waited for.

import { at } from './elements.js';
import { events } from './live.js';

const AGAIN = 1_000;
/** A picture that is older than this is no picture of now. */
const STALE = 1_500;

let isFollowing = false;
let stale;

/** Draws what comes, until the kiosk has no preview any more. */
export async function followPreview() {
    if (isFollowing) return;
    isFollowing = true;
    for (;;) {
        try {
            for await (const picture of events('preview')) draw(picture);
        } catch { /* Gone: tried again below. */ }
        hide();
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
}

/** Exported for tests. */
export function draw({ width, height, luma, outline }) {
    const canvas = at('preview');
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext('2d');
    const pixels = context.createImageData(width, height);
    const grey = atob(luma);
    for (let index = 0; index < grey.length; index++) {
        pixels.data.fill(grey.charCodeAt(index), 4 * index, 4 * index + 3);
        pixels.data[4 * index + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
    if (outline) {
        // Two lines, so that it is seen on light and dark.
        for (const [style, lineWidth] of [['#000', 5], ['#ffdf00', 2.5]]) {
            Object.assign(context, { strokeStyle: style, lineWidth, lineJoin: 'round' });
            context.strokeRect(...outline);
        }
    }
    document.documentElement.dataset.preview = 'on';
    clearTimeout(stale);
    stale = setTimeout(hide, STALE);
}

function hide() { delete document.documentElement.dataset.preview; }
