/** A worker sends no more of a connection than this that the bridge has not taken: what one read of a socket can bring. */
export const WINDOW_BYTES = 65_536;

/** The bridge tells when so much is taken, in one frame. Less than a window, so that no worker waits for ever. */
export const TELL_TAKEN_BYTES = WINDOW_BYTES / 4;
