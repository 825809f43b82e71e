/** An instant of this phone as the portal writes instants: `26/11/2026, 16:46`, in Vietnam. */
export const phoneTime = (instant: number): string =>
	new Date(instant).toLocaleString('en-GB', {
		dateStyle: 'short',
		timeStyle: 'short',
		timeZone: 'Asia/Ho_Chi_Minh',
	});
