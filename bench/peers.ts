/**
 * The peers: serializers from npm that live in `bench/peers/node_modules`, if somebody has installed them.
 *
 * They are no imports of this project, so that it checks, tests and publishes without them. A peer that cannot be
 * loaded is left out, and a line says which and what to do.
 */
import { createRequire } from "node:module";
import type { Contender } from "./contenders.ts";

/** What installs the peers; `deno task bench` does it first. */
const INSTALL =
  "npm install --prefix bench/peers --ignore-scripts --no-audit --no-fund --no-package-lock";

/** An instance of msgpackr's, cbor-x's or @msgpack/msgpack's encoder and decoder. */
interface Coder {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

interface Msgpackr {
  readonly Packr: new (options: { useRecords: boolean; bundleStrings?: boolean }) => Coder;
}

interface CborX {
  readonly Encoder: new (options: { useRecords: boolean }) => Coder;
}

interface Msgpack {
  readonly Encoder: new () => Pick<Coder, "encode">;
  readonly Decoder: new () => Pick<Coder, "decode">;
}

const require = createRequire(new URL("./peers/package.json", import.meta.url));

/**
 * Makes a contender of two instances: what its decoder returns, it knows from the message alone.
 *
 * An instance that both encodes and decodes could remember what its messages leave out.
 */
function contender(
  name: string,
  encoder: Pick<Coder, "encode">,
  decoder: Pick<Coder, "decode">,
): Contender {
  return {
    name,
    engine: "JavaScript",
    encode: (value: unknown) => encoder.encode(value),
    decode: (bytes: Uint8Array) => decoder.decode(bytes),
  };
}

/** Each peer with the configurations that are compared; every message of theirs stands for itself. */
const PEERS: Readonly<Record<string, () => Contender[]>> = {
  "msgpackr": () => {
    const { Packr }: Msgpackr = require("msgpackr");
    const configurations = {
      "msgpackr": { useRecords: false },
      "msgpackr records": { useRecords: true },
      "msgpackr bundle": { useRecords: true, bundleStrings: true },
    };
    return Object.entries(configurations).map(([name, options]) =>
      contender(name, new Packr(options), new Packr(options))
    );
  },
  "cbor-x": () => {
    const { Encoder }: CborX = require("cbor-x");
    const configurations = {
      "cbor-x": { useRecords: false },
      "cbor-x records": { useRecords: true },
    };
    return Object.entries(configurations).map(([name, options]) =>
      contender(name, new Encoder(options), new Encoder(options))
    );
  },
  "@msgpack/msgpack": () => {
    const { Encoder, Decoder }: Msgpack = require("@msgpack/msgpack");
    return [contender("@msgpack/msgpack", new Encoder(), new Decoder())];
  },
};

/** Says why a peer is left out. */
function whyNot(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "reading it is not permitted (run `deno task bench`)";
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "MODULE_NOT_FOUND") {
    return `not installed (\`${INSTALL}\`, or run \`deno task bench\`)`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Loads the peers that are there, and prints a line for each that is not. */
export function loadPeers(): Contender[] {
  const loaded: Contender[] = [];
  // Asking first: where a terminal is attached, trying would stop the run with a permission prompt.
  const mayRead = Deno.permissions.querySync({ name: "read" }).state === "granted";
  for (const [name, load] of Object.entries(PEERS)) {
    try {
      if (!mayRead) throw new Deno.errors.NotCapable("read");
      loaded.push(...load());
    } catch (error) {
      console.log(`skipped: ${name}: ${whyNot(error)}`);
    }
  }
  return loaded;
}

/** The versions of the peers that are installed, by name. */
export function peerVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of Object.keys(PEERS)) {
    try {
      const file = new URL(`./peers/node_modules/${name}/package.json`, import.meta.url);
      const { version }: { version: string } = JSON.parse(Deno.readTextFileSync(file));
      versions[name] = version;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return versions;
}
