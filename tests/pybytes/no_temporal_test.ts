import { assertEquals } from "../helpers/assert.ts";

Deno.test({
  name: "without Temporal everything loads and works; dates decode to our classes",
  permissions: { read: [new URL("../../", import.meta.url)] },
  async fn() {
    const worker = new Worker(new URL("./helpers/no_temporal_worker.ts", import.meta.url), {
      type: "module",
    });
    try {
      const results = await new Promise<unknown>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
      });
      assertEquals(results, {
        temporal: "undefined",
        date: "CalendarDate 2024-01-02",
        time: "Time 03:04:05.678000",
        naive: "DateTime 2024-01-02 03:04:05",
        utc: "DateTime 2024-01-02 03:04:05+00:00",
        zoned: "DateTime 2024-11-03 01:30:00[America/New_York]",
        delta: "TimeDelta 1 day, 0:00:00",
        asDate: "2024-01-02T03:04:05.000Z",
        duration: "temporal_required",
        calendar: "temporal_required",
        sameBytes: true,
        other: '[1,"two",{"three":3.5}]',
      });
    } finally {
      worker.terminate();
    }
  },
});
