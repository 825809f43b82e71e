// Fills the coordinates from a tap on the map or from the phone's position; nothing leaves the device before the form does.
const pick = document.querySelector<HTMLElement>('[data-pick]');
const input = pick?.querySelector<HTMLInputElement>('input[name="position"]');
const svg = pick?.querySelector('svg');
const flag = svg?.querySelector<SVGGElement>('[data-flag]');
const here = pick?.querySelector<HTMLButtonElement>('[data-here]');
const said = pick?.querySelector<HTMLElement>('[data-said]');

if (pick && input && svg && flag && here && said) {
	const bounds = JSON.parse(pick.dataset['bounds'] ?? '{}') as Record<
		'south' | 'west' | 'north' | 'east',
		number
	>;
	const frame = JSON.parse(pick.dataset['frame'] ?? '{}') as Record<'x' | 'y' | 'side', number>;

	const plant = () => {
		const [latitude, longitude] = input.value.split(/[,;\s]+/).map(Number);
		const isPlace = input.value.trim() !== '' && Number.isFinite(latitude) && Number.isFinite(longitude);
		flag.toggleAttribute('hidden', !isPlace);
		flag.setAttribute('visibility', isPlace ? 'visible' : 'hidden');
		if (!isPlace) return;
		const x = frame.x + ((longitude! - bounds.west) / (bounds.east - bounds.west)) * frame.side;
		const y = frame.y + ((bounds.north - latitude!) / (bounds.north - bounds.south)) * frame.side;
		flag.setAttribute('transform', `translate(${x} ${y})`);
	};
	const fill = (latitude: number, longitude: number) => {
		input.value = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
		plant();
	};

	svg.addEventListener('click', (event) => {
		const matrix = svg.getScreenCTM();
		if (!matrix) return;
		const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
		const across = (point.x - frame.x) / frame.side;
		const down = (point.y - frame.y) / frame.side;
		fill(
			bounds.north - down * (bounds.north - bounds.south),
			bounds.west + across * (bounds.east - bounds.west),
		);
	});
	input.addEventListener('input', plant);
	plant();

	if ('geolocation' in navigator && isSecureContext) {
		here.hidden = false;
		here.addEventListener('click', () => {
			said.textContent = here.dataset['busy'] ?? '';
			navigator.geolocation.getCurrentPosition(
				({ coords }) => {
					said.textContent = '';
					fill(coords.latitude, coords.longitude);
				},
				() => (said.textContent = here.dataset['failed'] ?? ''),
				{ enableHighAccuracy: true, timeout: 15_000 },
			);
		});
	}
}
