/**
 * Installs the programs that the tests need, each pinned, outside the tree: `deno task tools`.
 *
 * @module
 */
import { installCargo } from "./tools/cargo.ts";
import { installDebian, isStatic, unpackDebian } from "./tools/debian.ts";
import { installGo } from "./tools/go.ts";
import { installNpm } from "./tools/npm.ts";
import { installPython } from "./tools/python.ts";

const BUILDKIT = "v0.34.2";
const BUILDX = "v0.38.2";
const CRANE = "v0.22.1";
const CONFORMANCE = "v0.0.0-20260831232431-97274622c111";

/** The versions of the S3 servers, for the table of what they can do. */
export const VERSIONS = {
  versitygw: "v1.8.0",
  // The last one that was tagged for Go is years older.
  minio: "v0.0.0-20260212201848-7aac2a2c5b7c",
  moto: "5.2.5",
  rclone: "v1.76.0",
  "s3s-fs": "0.14.1",
} as const;

const tools = {
  bun: async () => await installNpm("bun", "1.4.5") + "/bun",
  workerd: async () => await installNpm("workerd", "1.20261117.1") + "/workerd",
  // The package itself, not a program.
  miniflare: async () => await installNpm("miniflare", "4.20260730.0") + "/../miniflare",
  node22: async () => await installNpm("node", "22.23.3") + "/node",
  node24: async () => await installNpm("node", "24.9.0") + "/node",
  buildkitd: () => buildkit("buildkitd"),
  buildctl: () => buildkit("buildctl"),
  buildx: async () => {
    return await installGo("buildx", "github.com/docker/buildx/cmd/buildx", BUILDX) + "/buildx";
  },
  // Without the engine. Older releases have no package of its own for it.
  docker: () => unpackDebian("docker", ["docker-cli", "docker.io"]),
  ip: () => installDebian("ip", "iproute2"),
  versitygw: async () => {
    const pkg = "github.com/versity/versitygw/cmd/versitygw";
    return await installGo("versitygw", pkg, VERSIONS.versitygw) + "/versitygw";
  },
  minio: async () => {
    return await installGo("minio", "github.com/minio/minio", VERSIONS.minio) + "/minio";
  },
  rclone: async () => {
    return await installGo("rclone", "github.com/rclone/rclone", VERSIONS.rclone) + "/rclone";
  },
  "s3s-fs": async () => {
    return await installCargo("s3s-fs", VERSIONS["s3s-fs"], ["binary"]) + "/s3s-fs";
  },
  moto: () => installPython("moto", VERSIONS.moto, "server"),
  crane: async () => {
    const pkg = "github.com/google/go-containerregistry/cmd/crane";
    return await installGo("crane", pkg, CRANE) + "/crane";
  },
  "distribution-conformance": async () => {
    const name = "distribution-conformance";
    const pkg = "github.com/opencontainers/distribution-spec/conformance";
    return await installGo(name, pkg, CONFORMANCE) + `/${name}`;
  },
  skopeo: () => installDebian("skopeo", "skopeo"),
  runc: () => installDebian("runc", "runc"),
  busybox: () => installDebian("busybox", "busybox-static", isStatic),
  chromium: () => installDebian("chromium", "chromium"),
};

/** A program that can be installed. */
export type Tool = keyof typeof tools;

/** What the tests need; the others are installed when they are asked for. */
const NEEDED: Tool[] = [
  "bun",
  "workerd",
  "miniflare",
  "versitygw",
  "buildctl",
  "buildkitd",
  "buildx",
  "docker",
  "runc",
  "busybox",
  "chromium",
];

/**
 * Installs a program unless it is there.
 *
 * @param name which one
 * @returns its path
 */
export function tool(name: Tool): Promise<string> {
  return tools[name]();
}

async function buildkit(name: "buildkitd" | "buildctl"): Promise<string> {
  return await installGo(name, `github.com/moby/buildkit/cmd/${name}`, BUILDKIT) + `/${name}`;
}

function isTool(name: string): name is Tool {
  return Object.hasOwn(tools, name);
}

if (import.meta.main) {
  const names = Deno.args.length > 0 ? Deno.args : NEEDED;
  for (const name of names) {
    if (!isTool(name)) {
      console.error(`no tool ${name}; there are ${Object.keys(tools).join(", ")}`);
      Deno.exit(2);
    }
    console.log(`${name.padEnd(10)} ${await tool(name)}`);
  }
}
