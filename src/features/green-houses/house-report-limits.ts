// Nobody finds this many houses full in an hour; a school's pupils share one address.
const HOUR_MS = 60 * 60 * 1000;
export const REPORTS_PER_DEVICE = { limit: 30, windowMs: HOUR_MS };
export const REPORTS_PER_ADDRESS = { limit: 600, windowMs: HOUR_MS };
