// Recomputes what the palette promises: WCAG contrast and CIE76 distances, in normal and in simulated colour-deficient sight.
import { describe, expect, test } from 'vitest';
import { type Mode, palettes, type Status } from './tokens.ts';

type Rgb = [number, number, number];

const linear = (hex: string): Rgb =>
  [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as Rgb;

const times = (matrix: readonly Rgb[], vector: Rgb): Rgb => matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as Rgb;

function contrast(one: string, other: string): number {
  const luminance = (hex: string) => linear(hex).reduce((sum, channel, index) => sum + channel * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

// Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
const sights: Record<string, readonly Rgb[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function lab(rgb: Rgb): Rgb {
  const clipped = rgb.map((channel) => Math.min(1, Math.max(0, channel))) as Rgb;
  const xyz = times(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    clipped,
  );
  const [x, y, z] = xyz.map((value, index) => {
    const ratio = value / ([0.95047, 1, 1.08883][index] ?? 1);
    return ratio > 216 / 24389 ? Math.cbrt(ratio) : ((24389 / 27) * ratio + 16) / 116;
  }) as Rgb;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (one: Rgb, other: Rgb) => Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
const modes: Mode[] = ['light', 'dark'];
const statuses: Status[] = ['met', 'risk', 'breach', 'neutral'];

describe.each(modes)('in %s mode', (mode) => {
  const palette = palettes[mode];

  test('every text colour is readable on every surface', () => {
    const texts = [palette.ink, palette.quiet, palette.link, ...statuses.map((status) => palette.status[status].text)];
    for (const text of texts) for (const surface of palette.surfaces) expect(contrast(text, surface), `${text} on ${surface}`).toBeGreaterThanOrEqual(4.58);
  });

  test('every mark stands out from the first two surfaces', () => {
    for (const status of statuses)
      for (const surface of palette.surfaces.slice(0, 2)) expect(contrast(palette.status[status].mark, surface), status).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.entries(sights))('no two statuses look alike in %s sight', (_sight, matrix) => {
    const seen = statuses.map((status) => lab(times(matrix, linear(palette.status[status].mark))));
    const distances = seen.flatMap((one, index) => seen.slice(index + 1).map((other) => distance(one, other)));
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(18);
  });
});

test('the check itself notices two statuses that look alike', () => {
  const [one, other] = ['#8C1420', '#8A1622'].map((hex) => lab(linear(hex))) as [Rgb, Rgb];
  expect(distance(one, other)).toBeLessThan(18);
});
