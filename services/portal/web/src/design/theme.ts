// The palette as antd's tokens: no motion on data, no letter-spaced 确 定, nothing of our own written into its DOM.
import type { ThemeConfig } from 'antd';
import { theme } from 'antd';
import { fontFamily, type Mode, palettes } from './tokens.ts';

export function antdTheme(mode: Mode): ThemeConfig {
  const palette = palettes[mode];
  return {
    algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: mode === 'dark' ? '#4DB5F0' : '#0B5C8A',
      colorLink: palette.link,
      colorText: palette.ink,
      colorTextSecondary: palette.quiet,
      colorTextPlaceholder: palette.quiet,
      colorBgBase: palette.surfaces[0],
      colorBgContainer: palette.surfaces[0],
      colorBorder: mode === 'dark' ? '#6B7684' : '#858E9B',
      colorError: palette.status.breach.text,
      colorWarning: palette.status.risk.text,
      borderRadius: 4,
      fontFamily,
      fontSize: 14,
      controlHeight: 32,
      motion: false,
      ...(mode === 'dark' ? { colorTextLightSolid: '#14181D' } : {}),
    },
  };
}
