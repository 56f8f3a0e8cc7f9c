// A rate over time.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { rate } from '../format';
import { themeBeat } from '../theme';

type Data = [number[], number[]];
const shortest = 30; // seconds shown
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

function options(width: number, height: number, spark: boolean, box: HTMLElement): uPlot.Options {
  const color = (name: string): string => getComputedStyle(box).getPropertyValue(name).trim();
  const probe = document.createElement('i');
  box.append(probe);
  const solid = (name: string): string => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const [stroke, fill, ink, grid] = [solid('--run'), solid('--run-soft'), solid('--dim'), solid('--line')];
  probe.remove();
  const font = `11px ${color('--font')}`;
  const axis = { stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    width, height, legend: { show: false }, cursor: { show: !spark, y: false, points: { size: 6 } }, padding: spark ? [2, 0, 0, 0] : [8, 26, 0, 0],
    scales: { x: { time: true, range: (_, least, last) => [Math.min(least, last - shortest), last] }, y: { range: (_, __, most) => [0, Math.max(most || 0, 1000) * 1.1] } },
    axes: spark ? [{ show: false }, { show: false }]
      : [{ ...axis, size: 28, space: 90, incrs: [5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200], values: (_, all) => all.map((s) => clock.format(s * 1000)) }, { ...axis, size: 72, values: (_, all) => all.map((n) => (n === 0 ? '0' : rate(n))) }],
    series: [{}, { stroke, fill, width: 1.5, points: { show: false } }],
  };
}

export function RateChart({ data, beat, height, spark = false, label }: { data: Data; beat: number; height: number; spark?: boolean; label: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = themeBeat.value;
  useEffect(() => {
    const place = box.current!;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(options(Math.max(40, place.clientWidth), height, spark, place), data, place);
    };
    draw();
    let width = place.clientWidth;
    const watcher = new ResizeObserver(() => {
      if (place.clientWidth === width) return;
      width = place.clientWidth;
      plot.current?.setSize({ width: Math.max(40, width), height });
    });
    watcher.observe(place);
    return () => { watcher.disconnect(); plot.current?.destroy(); plot.current = null; };
  }, [height, spark, theme, data]);
  useEffect(() => { plot.current?.setData(data); }, [beat, data]);
  const now = data[1].at(-1) ?? 0;
  return <div ref={box} class={spark ? 'spark' : 'chart'} role="img" aria-label={`${label}: ${rate(now)} now`} style={{ height: `${height}px` }} />;
}
