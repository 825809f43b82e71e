// A school's forty pupils share one address, so the address's limit is wide and the device's narrow.
// A device's requests count, of an address the drop-offs in them.
const HOUR_MS = 60 * 60 * 1000;
export const PER_DEVICE = { limit: 120, windowMs: HOUR_MS };
export const PER_ADDRESS = { limit: 3000, windowMs: HOUR_MS };
