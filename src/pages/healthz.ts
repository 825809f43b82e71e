import type { APIRoute } from 'astro';
import { json } from '#lib/api.ts';

/** The process answers. */
export const GET: APIRoute = () => json({ status: 'ok' });
