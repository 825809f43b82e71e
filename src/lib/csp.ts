/**
 * Adds the origin of the map's raster tiles to `img-src`. The address is known only when the process starts,
 * so it cannot stand in the header that the build writes.
 */
export function withTileOrigin(header: string, tileUrl: string | undefined): string {
	if (tileUrl === undefined) return header;
	// `{s}` stands for a subdomain letter; CSP knows a star for a whole label only.
	const origin = new URL(tileUrl.replace(/\/\/[^/.]*\{s\}[^/.]*\./, '//star.')).origin.replace(
		'//star.',
		'//*.',
	);
	return header.replace(/img-src [^;]*/, (sources) => `${sources} ${origin}`);
}
