/** Where a password is the only factor; NIST SP 800-63B-4, 3.1.1.2. */
export const PASSWORD_MIN = 15;
/** Where a second factor is asked for as well. */
export const PASSWORD_MIN_WITH_SECOND = 8;
export const PASSWORD_MAX = 128;
