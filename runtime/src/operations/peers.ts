/** Names and addresses of machines that are not on the public internet. */
const LOCAL = [
  /^localhost$/,
  // One label: a service in a container network.
  /^[^.:]+$/,
  /\.(?:localhost|local|internal|test|svc|cluster\.local)$/,
  // RFC 1122, 1918, 3927, 6598.
  /^127\./,
  /^10\./,
  /^192\.168\./,
  /^172\.(?:1[6-9]|2\d|3[01])\./,
  /^169\.254\./,
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  // IPv6: loopback, unique local (RFC 4193), link local (RFC 4291).
  /^::1$/,
  /^f[cd][0-9a-f]{2}:/,
  /^fe[89ab][0-9a-f]:/,
];

/**
 * Returns a test for the hosts that get the id of the task with a request: those of the own network, and those that
 * `allowed` names. `*.example.com` stands for all below that name, and `*` for every host.
 */
export function peersOf(allowed: readonly string[]): (host: string) => boolean {
  const isAllowed = isNamed(allowed);
  return (host) => {
    const plain = host.toLowerCase().replace(/^\[|\]$/g, '');
    return LOCAL.some((one) => one.test(plain)) || isAllowed(plain);
  };
}

/** Returns a test for the hosts that names with `*` stand for. */
export function isNamed(names: readonly string[]): (host: string) => boolean {
  const patterns = names.flatMap((name) => (name.trim() === '' ? [] : patternOf(name.trim())));
  return (host) => patterns.some((one) => one.test(host.toLowerCase()));
}

function patternOf(name: string): RegExp {
  const [first, ...rest] = name.toLowerCase().split('*');
  const escaped = [first!, ...rest].map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
