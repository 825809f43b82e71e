// What a form that signs somebody up sends, and the device that sends it.
import type { ActionAPIContext } from 'astro:actions';
import { isDeviceSecret, mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { readAliasCookie } from '#features/accounts/device-cookies.ts';
import { addressKey } from '#lib/address-key.ts';
import { field } from '#lib/forms.ts';
import { parseCount } from '#lib/number-input.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { MAX_HEADS, type SignUpInput } from './cleanup-event.ts';
import { readId } from './event-input.ts';

const HOUR_MS = 60 * 60 * 1000;
const PER_DEVICE = { limit: 60, windowMs: HOUR_MS };
// A school or an office shares one address.
const PER_ADDRESS = { limit: 600, windowMs: HOUR_MS };

/** The secret that the device holds, or a new one; refuses with 429 too many sign-ups from it or from its address. */
export async function takeDevice({ locals, cookies, clientAddress }: ActionAPIContext) {
	const { db, config, now } = locals;
	const held = readAliasCookie(cookies, config);
	const isHeld = held !== undefined && isDeviceSecret(held);
	const secret = isHeld ? held : mintDeviceSecret();
	await takeRate(db, addressKey('sign-up', clientAddress), PER_ADDRESS, now);
	if (isHeld) await takeRate(db, `sign-up:device:${secret}`, PER_DEVICE, now);
	return { secret, isHeld };
}

export function readSignUp(form: FormData): SignUpInput {
	const kind = field(form, 'kind') === 'unit' ? 'unit' : 'person';
	const heads = { min: 1, max: MAX_HEADS[kind] };
	return {
		id: readId(form),
		kind,
		name: field(form, 'name'),
		headCount: parseCount(field(form, 'headCount'), heads, 'headCount', 'headsOutOfRange'),
		phone: field(form, 'phone').trim() || null,
		isSixteen: form.has('isSixteen'),
		contact: field(form, 'contact'),
		mayWait: field(form, 'mayWait') === '1',
		mayRepeat: field(form, 'mayRepeat') === '1',
	};
}
