import manifest from '../../package.json' with { type: 'json' }

/** What a report names as its maker: the name and the version of this package. */
export const PRODUCER: string = /* @__PURE__ */ [manifest.name, manifest.version].join(' ')
