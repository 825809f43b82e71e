// Preloaded into a server under test: its clock runs ahead by what a file says, so that a month passes in a moment.
import { readFileSync } from 'node:fs';

const file = process.env['CLOCK_FILE'];
const now = Date.now;
if (file !== undefined) Date.now = () => now() + Number(readFileSync(file, 'utf8'));
