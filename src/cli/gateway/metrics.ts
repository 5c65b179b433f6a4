/**
 * What a gateway did, as Prometheus reads it.
 *
 * @module
 */
import type { Observation } from "./observe.ts";

/** Upper bounds of the histogram, in seconds. */
const BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120];

/** Counts requests. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #seconds = new Map<string, Histogram>();
  readonly #bytes = { received: 0, sent: 0 };
  readonly #lookups = { hit: 0, miss: 0 };
  #running = 0;

  /** Counts a request that begins. */
  start(): void {
    this.#running++;
  }

  /** Counts a request that is over. */
  done(observation: Observation): void {
    const { method, resource, status, received, sent, milliseconds } = observation;
    this.#running--;
    this.#bytes.received += received;
    this.#bytes.sent += sent;
    const labels = `resource="${resource}",method="${labelOf(method)}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    const histogram = this.#seconds.get(resource) ?? new Histogram();
    this.#seconds.set(resource, histogram);
    histogram.add(milliseconds / 1000);
    const result = lookupOf(observation);
    if (result) this.#lookups[result]++;
  }

  /** What there was until now. */
  get totals(): { hits: number; misses: number; received: number; sent: number; requests: number } {
    const requests = [...this.#requests.values()].reduce((sum, count) => sum + count, 0);
    return { hits: this.#lookups.hit, misses: this.#lookups.miss, ...this.#bytes, requests };
  }

  /** The text that Prometheus reads. */
  toString(): string {
    const { hits, misses, received, sent } = this.totals;
    return [
      ...family("requests_total", "counter", "Requests that were answered."),
      ...[...this.#requests].map(([labels, count]) => sample("requests_total", labels, count)),
      ...family("requests_running", "gauge", "Requests that are being answered."),
      sample("requests_running", "", this.#running),
      ...family("lookups_total", "counter", "Manifests and blobs that were asked for."),
      sample("lookups_total", 'result="hit"', hits),
      sample("lookups_total", 'result="miss"', misses),
      ...family("received_bytes_total", "counter", "Bytes of bodies from clients."),
      sample("received_bytes_total", "", received),
      ...family("sent_bytes_total", "counter", "Bytes of bodies to clients."),
      sample("sent_bytes_total", "", sent),
      ...family("request_seconds", "histogram", "From a request's first byte to its last."),
      ...[...this.#seconds].flatMap(([resource, histogram]) => histogram.samples(resource)),
      "",
    ].join("\n");
  }
}

/** A client may send any word as a method, and each would be a series of its own. */
function labelOf(method: string): string {
  return ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"].includes(method) ? method : "other";
}

function lookupOf({ method, resource, status }: Observation): "hit" | "miss" | undefined {
  if (method !== "GET" && method !== "HEAD") return undefined;
  if (resource !== "blobs" && resource !== "manifests") return undefined;
  if (status === 404) return "miss";
  return status === 200 || status === 206 || status === 307 ? "hit" : undefined;
}

class Histogram {
  readonly #counts = BUCKETS.map(() => 0);
  #count = 0;
  #sum = 0;

  add(seconds: number): void {
    this.#count++;
    this.#sum += seconds;
    for (const [i, bound] of BUCKETS.entries()) if (seconds <= bound) this.#counts[i]!++;
  }

  samples(resource: string): string[] {
    const label = `resource="${resource}"`;
    return [
      ...BUCKETS.map((bound, i) =>
        sample("request_seconds_bucket", `${label},le="${bound}"`, this.#counts[i]!)
      ),
      sample("request_seconds_bucket", `${label},le="+Inf"`, this.#count),
      sample("request_seconds_sum", label, this.#sum),
      sample("request_seconds_count", label, this.#count),
    ];
  }
}

function family(name: string, type: string, help: string): string[] {
  return [`# HELP s3cache_${name} ${help}`, `# TYPE s3cache_${name} ${type}`];
}

function sample(name: string, labels: string, value: number): string {
  return `s3cache_${name}${labels && `{${labels}}`} ${value}`;
}
