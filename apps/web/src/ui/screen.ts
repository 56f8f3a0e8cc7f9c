import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 760px)');
// Phone: rows have two lines more.
export const narrow = signal(query.matches);
// Whether anybody looks.
export const visible = signal(!document.hidden);
document.addEventListener('visibilitychange', () => { visible.value = !document.hidden; });
query.addEventListener('change', () => { narrow.value = query.matches; });
