/** Offers the map to draw on; Leaflet is fetched when somebody wants to draw. Without it the points can be typed. */
export function offerDrawing(): void {
	const frame = document.querySelector<HTMLElement>('[data-area]');
	const offer = frame?.querySelector<HTMLElement>('[data-draw]');
	const tools = frame?.querySelector<HTMLElement>('[data-tools]');
	if (!frame || !offer || !tools) return;
	offer.hidden = false;
	offer.querySelector('[data-begin]')?.addEventListener('click', () => {
		void import('./area-map.client.ts').then(({ startDrawing }) => {
			offer.hidden = true;
			tools.hidden = false;
			return startDrawing(frame);
		});
	});
}
