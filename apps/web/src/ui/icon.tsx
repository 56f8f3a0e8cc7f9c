import type { JSX } from 'preact';

const paths = {
  jobs: 'M4 5h16M4 12h10M4 19h6M17 14v6m0 0l3-3m-3 3l-3-3',
  models: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5',
  hive: 'M8 3l4 2.3v4.6L8 12.2 4 9.9V5.3zM16 3l4 2.3v4.6l-4 2.3-4-2.3M12 12.5l4 2.3v4.6L12 21.7l-4-2.3v-4.6z',
  actors: 'M12 4v5M12 9H5v5M12 9h7v5M12 9v5M3 14h4v5H3zM10 14h4v5h-4zM17 14h4v5h-4zM9.5 2h5v4h-5z',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 4.5v5M7 14.5v5',
  add: 'M12 5v14M5 12h14',
  pause: 'M8 5v14M16 5v14',
  resume: 'M7 4.5l12 7.5-12 7.5z',
  cancel: 'M6 6l12 12M18 6L6 18',
  retry: 'M20 11a8 8 0 10-2.3 6.3M20 5v6h-6',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  grip: 'M9 6v.01M9 12v.01M9 18v.01M15 6v.01M15 12v.01M15 18v.01',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.5l4.5 4.5L19 7',
  pin: 'M12 16v5M8 4h8l-1 6 3 3v2H6v-2l3-3z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z',
  search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM20 20l-4-4',
  back: 'M15 5l-7 7 7 7',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M18.4 5.6l-1 1M6.6 17.4l-1 1',
  moon: 'M20 14.5A8 8 0 119.5 4a6.5 6.5 0 0010.5 10.5z',
  auto: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 4v16',
  alert: 'M12 4l9 16H3zM12 10v4M12 17v.01',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  open: 'M9 5l7 7-7 7',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={paths[name]} /></svg>;
}
