// Every colour, once. Source: three hues and ink, the rest is pattern; tokens.test.ts recomputes contrast and the distance of statuses.

export type Status = 'met' | 'risk' | 'breach' | 'neutral';
export type Mode = 'light' | 'dark';

interface StatusColour {
  text: string;
  mark: string;
}

interface Palette {
  ink: string;
  quiet: string;
  link: string;
  line: string;
  surfaces: readonly [string, string, string];
  status: Record<Status, StatusColour>;
}

const same = (colour: string): StatusColour => ({ text: colour, mark: colour });

export const palettes: Record<Mode, Palette> = {
  light: {
    ink: '#1A1F26',
    quiet: '#5B6472',
    link: '#0958D9',
    line: '#D5DAE1',
    surfaces: ['#FFFFFF', '#F5F7F9', '#EEF1F4'],
    status: {
      met: { text: '#0B5C8A', mark: '#1A6FB0' },
      risk: { text: '#946300', mark: '#D17000' },
      breach: { text: '#8C1420', mark: '#8C1420' },
      neutral: { text: '#5B6472', mark: '#858E9B' },
    },
  },
  dark: {
    ink: '#E8EBEF',
    quiet: '#A3ADBA',
    link: '#78A9FF',
    line: '#39424E',
    surfaces: ['#14181D', '#1B2027', '#232A32'],
    status: { met: same('#4DB5F0'), risk: same('#FFCF4D'), breach: same('#F3705F'), neutral: same('#A3ADBA') },
  },
};

/** The shape that carries a status where colour cannot. */
export const shapes: Record<Status, string> = { met: '●', risk: '▲', breach: '■', neutral: '◇' };

export const fontFamily = '-apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

/** The palette as CSS custom properties, for base.css. */
export function cssVariables(mode: Mode): string {
  const palette = palettes[mode];
  const lines = [
    `--ink:${palette.ink}`,
    `--quiet:${palette.quiet}`,
    `--link:${palette.link}`,
    `--line:${palette.line}`,
    ...palette.surfaces.map((surface, index) => `--surface-${index}:${surface}`),
    ...Object.entries(palette.status).flatMap(([name, colour]) => [`--${name}:${colour.text}`, `--${name}-mark:${colour.mark}`]),
  ];
  return `:root{color-scheme:${mode};${lines.join(';')}}`;
}
