/** Runs in a page before anything else: what the person before it has to wait for, frame by frame. */
const recorder = {
  /** Milliseconds between animation frames since `start`. */
  deltas: [],
  /** Durations of frames of 50 ms and more, by the browser's own account. */
  longFrames: [],
  /** Milliseconds from a key to the frame that shows what it did. */
  keys: [],
  /** When the last key, press or paste came in. */
  inputAt: 0,
  /** First time that something matched, by name; times of the page's own clock, which starts at the navigation. */
  seen: {},
  selectors: {},
  waits: [],
  /** Times at which lines of a log were shown, once they are. */
  lines: undefined,

  start() {
    recorder.deltas = []
    recorder.longFrames = []
    recorder.keys = []
  },
  /** Resolves with the time at which a frame was shown in which `fact` holds; null after 30 s. */
  whenShown(fact) {
    return new Promise((resolve) => recorder.waits.push({ fact, resolve, until: performance.now() + 30_000 }))
  },
}
window.bench = recorder

/** Calls back when the frame that is being made has been handed to the screen. */
function afterPaint(then) {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => then(performance.now())
  port2.postMessage(undefined)
}

let last
requestAnimationFrame(function frame(now) {
  if (last !== undefined) recorder.deltas.push(now - last)
  last = now
  for (const [name, selector] of Object.entries(recorder.selectors)) {
    if (recorder.seen[name] !== undefined || !document.querySelector(selector)) continue
    recorder.seen[name] = now
    afterPaint((at) => {
      recorder.seen[name] = at
    })
  }
  recorder.waits = recorder.waits.filter(({ fact, resolve, until }) => {
    if (fact()) afterPaint(resolve)
    else if (now > until) resolve(null)
    else return true
    return false
  })
  requestAnimationFrame(frame)
})

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) recorder.longFrames.push(duration)
}).observe({ type: 'long-animation-frame', buffered: true })

for (const name of ['keydown', 'pointerdown', 'paste']) {
  window.addEventListener(
    name,
    (event) => {
      recorder.inputAt = event.timeStamp
      if (name === 'keydown') {
        requestAnimationFrame(() => afterPaint((at) => recorder.keys.push(at - event.timeStamp)))
      }
    },
    true,
  )
}
