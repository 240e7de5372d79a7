/** Outlines in a 20 by 20 box, drawn with the current colour. */
export const paths = {
  run: 'M6 4.2v11.6L15.5 10z',
  pause: 'M7 4.5v11M13 4.5v11',
  skull:
    'M10 2.5a6.6 6.6 0 0 0-4 11.8v2.5h8v-2.5a6.6 6.6 0 0 0-4-11.8zM7.4 9.2v.6M12.6 9.2v.6M8.7 14.5v2M11.3 14.5v2',
  step: 'M5 4.5v11l7-5.5zM15 4.5v11',
  projector: 'M2.8 3.5h14.4M4 3.5v8.6h12V3.5M10 12.1v2.4M6.6 17l3.4-2.5 3.4 2.5',
  check: 'M4 10.5 8.2 15 16 5.5',
  cross: 'M5 5l10 10M15 5 5 15',
  retry: 'M15.5 7.5A6 6 0 1 0 16 11M16 3.5v4.2h-4.2',
  question: 'M7 7.2A3 3 0 1 1 10 10.6V12.4M10 15.6v.2',
  warning: 'M10 3.2 18 16.8H2zM10 8v4M10 14.4v.2',
  killed: 'M5.6 5.6l8.8 8.8M14.4 5.6l-8.8 8.8M10 1.8A8.2 8.2 0 1 1 9.9 1.8z',
  back: 'M12.5 4.5 7 10l5.5 5.5',
  forward: 'M7.5 4.5 13 10l-5.5 5.5',
  end: 'M5 4.5 10.5 10 5 15.5M14.5 4.5v11',
  down: 'M4.5 7.5 10 13l5.5-5.5',
  sun: 'M10 6.4a3.6 3.6 0 1 1-.1 0zM10 1.8v1.8M10 16.4v1.8M1.8 10h1.8M16.4 10h1.8M4.2 4.2l1.3 1.3M14.5 14.5l1.3 1.3M4.2 15.8l1.3-1.3M14.5 5.5l1.3-1.3',
  moon: 'M16.5 12.4A7 7 0 0 1 7.6 3.5a7 7 0 1 0 8.9 8.9z',
  screen: 'M2.8 4h14.4v9.4H2.8zM7 17h6M10 13.4V17',
  file: 'M5 2.8h6.4L15 6.4v10.8H5zM11.2 2.8v3.8H15',
  folder: 'M2.8 5h5l1.6 2h7.8v8.8H2.8z',
  download: 'M10 3v9.4M6 8.8l4 4 4-4M4 16.8h12',
  copy: 'M7 7h9.2v9.2H7zM13 7V3.8H3.8V13H7',
  table: 'M3 4h14v12H3zM3 8h14M8 8v8',
  enlarge: 'M3.5 8V3.5H8M16.5 12v4.5H12M3.5 3.5l5 5M16.5 16.5l-5-5',
  link: 'M8.5 11.5l3-3M7.6 8.2 5.4 10.4a3 3 0 0 0 4.2 4.2l2.2-2.2M12.4 11.8l2.2-2.2a3 3 0 0 0-4.2-4.2L8.2 7.6',
  explore: 'M3 10h4M7 10 12 4.5h5M7 10h10M7 10l5 5.5h5',
  bin: 'M3.5 5.5h13M7.5 5.5V3.2h5v2.3M5 5.5l.8 11.3h8.4L15 5.5',
  more: 'M10 4.8v.2M10 10v.2M10 15v.2',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof paths;
