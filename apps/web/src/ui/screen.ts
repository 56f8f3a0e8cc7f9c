import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 760px)');
// Phone: rows have two lines more.
export const narrow = signal(query.matches);
query.addEventListener('change', () => { narrow.value = query.matches; });
