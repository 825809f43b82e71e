// Takes the position of a house from several readings of the device, each shown with its accuracy.
import { averageFix, type Fix } from './position-fix.ts';

export type PositionWords = Record<
	'take' | 'takeAgain' | 'stop' | 'waiting' | 'fix' | 'average' | 'vague' | 'refused' | 'failed',
	string
>;

const MAX_FIXES = 12;
/** Readings of less accuracy than this are worth waiting longer for. */
const VAGUE_M = 50;
const PERMISSION_DENIED = 1;

const fill = (sentence: string, values: Record<string, number>) =>
	Object.entries(values).reduce(
		(text, [name, value]) => text.replace(`{{${name}}}`, String(value)),
		sentence,
	);

/** Fills the fields while readings come, and stops after enough of them or when the button says so. */
export function takePosition(form: HTMLFormElement, words: PositionWords): void {
	const button = form.querySelector<HTMLButtonElement>('[data-take]')!;
	const average = form.querySelector<HTMLElement>('[data-average]')!;
	const list = form.querySelector<HTMLElement>('[data-fixes]')!;
	const input = (name: string) => form.querySelector<HTMLInputElement>(`input[name=${name}]`)!;
	let fixes: Fix[] = [];
	let watch: number | undefined;
	const stop = () => {
		if (watch !== undefined) navigator.geolocation.clearWatch(watch);
		watch = undefined;
		button.textContent = fixes.length > 0 ? words.takeAgain : words.take;
	};
	const show = () => {
		const found = averageFix(fixes);
		if (!found) return;
		const accuracy = found.accuracyM;
		input('latitude').value = found.latitude.toFixed(6);
		input('longitude').value = found.longitude.toFixed(6);
		input('accuracy').value = String(accuracy);
		const said = fill(words.average, { used: found.used, all: fixes.length, accuracy });
		average.textContent = accuracy > VAGUE_M ? `${said} ${words.vague}` : said;
	};
	const add = ({ coords }: GeolocationPosition) => {
		const { latitude, longitude, accuracy } = coords;
		fixes.push({ latitude, longitude, accuracyM: accuracy });
		const row = document.createElement('li');
		row.textContent = fill(words.fix, { number: fixes.length, accuracy: Math.ceil(accuracy) });
		list.append(row);
		list.hidden = false;
		show();
		if (fixes.length >= MAX_FIXES) stop();
	};
	const fail = ({ code }: GeolocationPositionError) => {
		// What was read before is good all the same.
		if (fixes.length === 0) average.textContent = code === PERMISSION_DENIED ? words.refused : words.failed;
		stop();
	};
	const start = () => {
		if (watch !== undefined) return stop();
		fixes = [];
		list.replaceChildren();
		list.hidden = true;
		average.textContent = words.waiting;
		button.textContent = words.stop;
		const options = { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 };
		watch = navigator.geolocation.watchPosition(add, fail, options);
	};
	button.addEventListener('click', start);
	start();
	for (const name of ['latitude', 'longitude']) input(name).addEventListener('input', stop);
	form.addEventListener('submit', stop);
}
