// Where the page is: #/jobs, #/jobs/ID, … The part behind the # never goes to a server.
import { signal } from '@preact/signals';

export interface Place { page: string; id: string; query: URLSearchParams }

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...rest] = path.split('/');
  return { page: page || 'jobs', id: decodeURIComponent(rest.join('/')), query: new URLSearchParams(query) };
}

export const place = signal<Place>(read());
window.addEventListener('hashchange', () => { place.value = read(); });

// Where something of a node is; none: of this one.
export const at = (path: string, node?: string): string => `#/${path}${node ? `?node=${encodeURIComponent(node)}` : ''}`;

export const go = (hash: string): void => { location.hash = hash; };
