// Reads the QR codes of those who arrive, one after another, until it is stopped.

type Detector = { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> };
declare global {
	// Not every browser has it.
	const BarcodeDetector: new (options: { formats: string[] }) => Detector;
}

const LOOK_MS = 250;
/** The same code stays before the camera for a while. */
const AGAIN_MS = 4000;

export async function scanCodes(
	box: HTMLElement,
	found: (text: string) => Promise<void>,
	failed: () => void,
): Promise<void> {
	const video = box.querySelector('video')!;
	const stop = box.querySelector('button')!;
	const camera = { video: { facingMode: 'environment' } };
	const stream = await navigator.mediaDevices?.getUserMedia(camera).catch(() => undefined);
	if (!stream) return failed();
	box.hidden = false;
	video.srcObject = stream;
	await video.play().catch(() => undefined);
	const detector = new BarcodeDetector({ formats: ['qr_code'] });
	let last = { text: '', at: 0 };
	let isStopped = false;
	const end = () => {
		isStopped = true;
		for (const track of stream.getTracks()) track.stop();
		box.hidden = true;
	};
	stop.addEventListener('click', end, { once: true });
	addEventListener('pagehide', end, { once: true });
	while (!isStopped) {
		const [code] = await detector.detect(video).catch(() => []);
		const text = code?.rawValue ?? '';
		if (text !== '' && (text !== last.text || Date.now() - last.at > AGAIN_MS)) {
			last = { text, at: Date.now() };
			await found(text);
		}
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
	}
}
