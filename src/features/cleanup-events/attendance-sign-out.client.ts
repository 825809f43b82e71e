// On the pages of an account: its lists leave this phone with it.
import { wipeLists } from './attendance-wipe.client.ts';

/**
 * Whoever signs out, or erases their account, takes the lists along: the form goes once they are gone. Whoever signed in
 * after a session that lapsed finds no list of another account.
 */
export function wipeAtSignOut(): void {
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-signs-out]')) {
		const { signsOut } = form.dataset;
		if (signsOut) void wipeLists(({ account }) => account !== signsOut);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			const send = () => form.submit();
			void wipeLists(() => true).then(send, send);
		});
	}
}
