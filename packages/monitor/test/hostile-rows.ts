import { profile } from '@tidegauge/drift'
import { featureMonitor } from '../src/index.ts'

const table = Array.from({ length: 100 }, (_, i) => ({ age: i, carrier: `carrier ${i % 5}` }))
const monitor = featureMonitor({
  reference: profile(table),
  model: 'hostile',
  window: { maxCount: 50_000 },
})

monitor.start()

function observe(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    monitor.observe({ age: `${i}`, carrier: `an unknown carrier ${i}`, [`column ${i}`]: i })
    if (i % 1000 === 0) for (const { samples } of monitor.families()) Array.from(samples)
    if (i % 10_000 === 0) monitor.check()
  }
}

function heap(): number {
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}

// Two windows: until then the window's own bounded memory of names never met is still filling.
observe(0, 100_000)
const before = heap()
observe(100_000, 200_000)
const grown = heap() - before
const [bins] = monitor.families()
const rows = [...bins!.samples]
  .filter(({ labelValues }) => labelValues[2] === 'carrier')
  .reduce((sum, { value }) => sum + value, 0)
process.stdout.write(JSON.stringify({ rows, grown }))
